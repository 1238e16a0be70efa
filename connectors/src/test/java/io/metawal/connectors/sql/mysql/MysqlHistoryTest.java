package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a capture when the log it stands in is purged, reset, cut off, or another server's. */
@Tag("server")
@Tag("process")
@ParameterizedClass
@EnumSource(Brand.class)
final class MysqlHistoryTest {
    private final Brand brand;

    MysqlHistoryTest(Brand brand) {
        this.brand = brand;
    }

    private static final String TABLE = "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, x text)";

    @Test
    void aKilledServerIsFollowedOn() throws Exception {
        try (BinlogServer server = brand.start();
                Captured it = new Captured(server, "killed")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')").start().same();
            // MySQL takes its time to recover.
            int rounds = brand.mysql() ? 1 : 3;
            for (int round = 0; round < rounds; round++) {
                it.run("INSERT INTO a (x) VALUES ('before')");
                server.kill();
                server.restart();
                it.run("INSERT INTO a (x) VALUES ('after')");
                it.same();
            }
            assertThat(it.transactions()).hasSize(2 * rounds);
            assertThat(it.gaps()).isEmpty();
            try (Connection admin = server.admin()) {
                for (Query.Row dump : Query.rows(
                        admin, "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND = 'Binlog Dump'")) {
                    Query.run(admin, "KILL " + dump.text("id"));
                }
            }
            it.run("INSERT INTO a (x) VALUES ('later')").same();
            assertThat(it.transactions()).hasSize(2 * rounds + 1);
            assertThat(it.gaps()).isEmpty();
        }
    }

    @Test
    void aPurgedLogIsARecordedGap() throws Exception {
        try (BinlogServer server = brand.start();
                Captured it = new Captured(server, "purged")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')").start().same();
            String position = it.sink().last().body().sourcePosition().toStringUtf8();
            it.stop();
            it.run(
                    "INSERT INTO a (x) VALUES ('unseen')",
                    "FLUSH BINARY LOGS",
                    "UPDATE a SET x = 'two'",
                    "FLUSH BINARY LOGS");
            purge(server, "binlog.000003");
            assertThat(position).contains("binlog.000001:");
            it.start().same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0))
                    .contains("the binary log was purged: the capture stood at binlog.000001:")
                    .contains("the oldest file left is binlog.000003");
            it.run("INSERT INTO a (x) VALUES ('seen')").same();
        }
    }

    /** The server keeps what a connection still reads, also where nobody is at its other end any more. */
    private static void purge(BinlogServer server, String to) throws Exception {
        try (Connection admin = server.admin()) {
            for (int attempt = 0; attempt < 1_000; attempt++) {
                Query.run(admin, "PURGE BINARY LOGS TO '" + to + "'");
                if (to.equals(Query.value(admin, "SHOW BINARY LOGS"))) {
                    return;
                }
                Query.run(admin, "DO SLEEP(0.01)");
            }
        }
        throw new AssertionError("the binary log was not purged to " + to);
    }

    @Test
    void othersFillTheLogAndAreNoGapLater() throws Exception {
        try (BinlogServer server = brand.start();
                Captured it = new Captured(server, "quiet")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')");
            server.createDatabase("busy");
            server.execute("busy", "CREATE TABLE b (id int AUTO_INCREMENT PRIMARY KEY)");
            it.start().same();
            server.execute(
                    "busy",
                    "INSERT INTO b VALUES ()",
                    "FLUSH BINARY LOGS",
                    "INSERT INTO b VALUES ()",
                    "FLUSH BINARY LOGS",
                    "INSERT INTO b VALUES ()");
            it.caughtUp().stop();
            assertThat(it.sink().last().body().sourcePosition().toStringUtf8()).contains("binlog.000003");
            purge(server, "binlog.000003");
            it.start();
            it.run("INSERT INTO a (x) VALUES ('two')").same();
            assertThat(it.gaps()).isEmpty();
            assertThat(it.source().gauges()).containsKeys("binlog_behind_bytes", "binlog_files_before_position");
        }
    }

    @Test
    void aLogThatWasResetIsAnotherHistory() throws Exception {
        try (BinlogServer server = brand.start();
                Captured it = new Captured(server, "reset")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')").start().same();
            it.run("INSERT INTO a (x) VALUES ('two')").same();
            it.run("RESET MASTER");
            assertThat(it.fault())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining(
                            switch (brand) {
                                case MARIADB -> "of which the server never had [0-";
                                case MYSQL_WITH_GTIDS -> "the server never had ";
                                case MYSQL_WITHOUT_GTIDS -> "that file is only ";
                            })
                    .hasMessageContaining("RESET MASTER");
            it.run("INSERT INTO a (x) VALUES ('three')", "INSERT INTO a (x) VALUES ('four')");
            assertThat(it.start().fault()).isInstanceOf(SourceChangedException.class);
        }
    }

    @Test
    void anEmptyServerInItsPlaceIsAnotherHistory() throws Exception {
        try (BinlogServer server = brand.start();
                BinlogServer other = brand.start();
                Captured it = new Captured(server, "replaced")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')").start().same().stop();
            other.createDatabase("replaced");
            it.at(SqlUrl.parse(other.url("replaced")));
            assertThat(it.start().fault())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("does not have the history that was captured")
                    .hasMessageContaining("begin a new repository");
            other.execute("replaced", TABLE, "INSERT INTO a (x) VALUES ('other')");
            assertThat(it.start().fault()).isInstanceOf(SourceChangedException.class);
        }
    }

    @Test
    void aReplicaThatTookOverIsARecordedGapAndThenFollowed() throws Exception {
        try (BinlogServer server = brand.start("log-bin=first");
                BinlogServer replica = brand.start("log-slave-updates=ON");
                Captured it = new Captured(server, "failover")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')").start().same();
            replicate(server, replica);
            it.run("FLUSH BINARY LOGS", "INSERT INTO a (x) VALUES ('two')").same();
            long epoch = it.sink().epoch();
            awaitReplica(server, replica);
            server.kill();
            it.stop().at(SqlUrl.parse(replica.url("failover")));
            replica.execute("failover", "STOP SLAVE", "INSERT INTO a (x) VALUES ('three')");
            if (brand == Brand.MYSQL_WITHOUT_GTIDS) {
                assertThat(it.start().fault())
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessageContaining(
                                "without GTIDs (gtid_mode=ON) nothing shows that it has the same history");
                return;
            }
            it.start().same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0)).contains("another server took over");
            replica.execute("failover", "INSERT INTO a (x) VALUES ('four')");
            it.same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.sink().epoch()).isGreaterThan(epoch);
            it.stop();
            replica.execute("failover", "INSERT INTO a (x) VALUES ('five')");
            it.start().same();
            assertThat(it.gaps()).hasSize(1);
        }
    }

    private void replicate(BinlogServer server, BinlogServer replica) {
        String from = "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + server.port() + ", MASTER_USER='"
                + server.user() + "', MASTER_PASSWORD='" + server.password() + "', MASTER_CONNECT_RETRY=1, ";
        String how = switch (brand) {
            case MARIADB -> "MASTER_USE_GTID=slave_pos";
            case MYSQL_WITH_GTIDS -> "MASTER_AUTO_POSITION=1, GET_MASTER_PUBLIC_KEY=1";
            case MYSQL_WITHOUT_GTIDS -> "MASTER_LOG_FILE='first.000001', MASTER_LOG_POS=4, GET_MASTER_PUBLIC_KEY=1";
        };
        replica.execute("mysql", from + how, "START SLAVE");
    }

    private void awaitReplica(BinlogServer server, BinlogServer replica) throws Exception {
        try (Connection there = server.admin();
                Connection here = replica.admin()) {
            Query.Row end = Query.rows(there, "SHOW MASTER STATUS").get(0);
            assertThat(Query.value(
                            here, "SELECT MASTER_POS_WAIT(?, ?, 30) >= 0", end.text("file"), end.number("position")))
                    .isEqualTo("1");
        }
    }

    @Test
    void aServerThatWentBackIsAnotherHistory() throws Exception {
        try (BinlogServer server = brand.start();
                Captured it = new Captured(server, "back")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')").start().same();
            server.kill();
            java.nio.file.Path copy = java.nio.file.Files.createTempDirectory("metawal-copy-");
            copy(server.dataDirectory(), copy);
            server.restart();
            it.run("INSERT INTO a (x) VALUES ('two')").same();
            it.stop();
            server.kill();
            clear(server.dataDirectory());
            copy(copy, server.dataDirectory());
            server.restart();
            assertThat(it.start().fault())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("was it restored from a backup");
            clear(copy);
        }
    }

    private static void copy(java.nio.file.Path from, java.nio.file.Path to) throws java.io.IOException {
        try (var all = java.nio.file.Files.walk(from)) {
            for (java.nio.file.Path path : all.toList()) {
                java.nio.file.Path there = to.resolve(from.relativize(path).toString());
                if (!java.nio.file.Files.isDirectory(path)) {
                    java.nio.file.Files.copy(path, there);
                } else if (!java.nio.file.Files.exists(there)) {
                    java.nio.file.Files.createDirectory(there);
                }
            }
        }
    }

    private static void clear(java.nio.file.Path folder) throws java.io.IOException {
        try (var all = java.nio.file.Files.walk(folder)) {
            for (java.nio.file.Path path :
                    all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!path.equals(folder)) {
                    java.nio.file.Files.delete(path);
                }
            }
        }
    }
}
