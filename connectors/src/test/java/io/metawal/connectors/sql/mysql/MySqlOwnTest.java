package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.binlog.BinlogAddress;
import io.metawal.connectors.sql.binlog.BinlogGroup;
import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.BinlogReader;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What MariaDB has not, or has otherwise. */
@Tag("server")
@Tag("process")
@ParameterizedClass
@EnumSource(
        value = Brand.class,
        names = {"MYSQL_WITH_GTIDS", "MYSQL_WITHOUT_GTIDS"})
final class MySqlOwnTest {
    /** A binary log is known by the second in which it was begun. */
    private static final String NEXT_SECOND = "DO SLEEP(1.01 - MICROSECOND(NOW(6)) / 1000000)";

    private static final String TABLE = "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, x text)";

    private final Brand brand;
    private final BinlogServer server;

    MySqlOwnTest(Brand brand) {
        this.brand = brand;
        server = brand.shared();
    }

    @Test
    void aLogThatWasResetAndHasGrownBeyondUsIsAnotherHistory() throws Exception {
        try (BinlogServer own = brand.start();
                Captured it = new Captured(own, "regrown")) {
            it.run(TABLE).start().same();
            it.run("INSERT INTO a (x) VALUES ('one')").same().stop();
            it.run(NEXT_SECOND, "RESET MASTER");
            it.run(IntStream.range(0, 30)
                    .mapToObj(i -> "INSERT INTO a (x) VALUES ('more')")
                    .toArray(String[]::new));
            assertThat(it.start().fault())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("its binary log's file binlog.000001 was begun at 20")
                    .hasMessageContaining("was its log reset (RESET MASTER)?");
        }
    }

    @Test
    void aLogThatIsResetUnderTheConnectionIsAnotherHistory() throws Exception {
        try (BinlogServer own = brand.start();
                Captured it = new Captured(own, "under")) {
            it.run(TABLE).start().same();
            it.run("INSERT INTO a (x) VALUES ('one')").same();
            it.run(NEXT_SECOND, "RESET MASTER");
            it.run(IntStream.range(0, 30)
                    .mapToObj(i -> "INSERT INTO a (x) VALUES ('more')")
                    .toArray(String[]::new));
            assertThat(it.fault()).isInstanceOf(SourceChangedException.class);
        }
    }

    @Test
    void compressedTransactionsAreReadAsOthers() throws Exception {
        try (Captured it = new Captured(server, "compressed")) {
            it.run(TABLE, "CREATE TABLE j (id int PRIMARY KEY, j json, n decimal(9,2), t timestamp(3) NULL)")
                    .start()
                    .same();
            try (Connection session = server.connect("compressed")) {
                Query.run(session, "SET SESSION binlog_transaction_compression = ON");
                session.setAutoCommit(false);
                Query.run(
                        session,
                        "INSERT INTO a (x) VALUES (REPEAT('long ', 10000)), ('short')",
                        "UPDATE a SET x = 'longer' WHERE id = 2",
                        "INSERT INTO j VALUES (1, '{\"a\": [1, 2.5]}', -1.5, '2024-05-01 01:02:03.004')");
                session.commit();
                Query.run(session, "INSERT INTO a (x) VALUES ('gone')");
                session.rollback();
                Query.run(session, "DELETE FROM a WHERE id = 1");
                session.commit();
            }
            it.run("INSERT INTO a (x) VALUES ('plain')").same();
            assertThat(it.transactions()).hasSize(3);
            assertThat(it.gaps()).isEmpty();
            it.stop().start();
            it.run("INSERT INTO a (x) VALUES ('later')").same();
            assertThat(it.transactions()).hasSize(4);
            try (Connection session = server.connect("compressed")) {
                Query.run(
                        session,
                        "SET SESSION binlog_transaction_compression = ON, binlog_row_image = MINIMAL",
                        "UPDATE a SET x = 'less' WHERE id = 2");
            }
            it.same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0)).contains("another binlog_row_image than FULL");
        }
    }

    @Test
    void aCommitHasTheTimeOfTheServersCommitToTheMicrosecond() throws Exception {
        try (Captured it = new Captured(server, "times")) {
            it.run(TABLE).start().same().stop();
            long before = Timestamps.micros(InstantSource.system().instant());
            it.run("INSERT INTO a (x) VALUES ('one')", "DO SLEEP(0.02)", "INSERT INTO a (x) VALUES ('two')");
            long after = Timestamps.micros(InstantSource.system().instant());
            it.run("DO SLEEP(0.02)").start().same();
            List<Long> times =
                    it.transactions().stream().map(MySqlOwnTest::micros).toList();
            assertThat(times).hasSize(2).allSatisfy(time -> assertThat(time).isBetween(before, after));
            assertThat(times.get(1) - times.get(0)).isGreaterThan(20_000);
        }
    }

    private static long micros(Commit commit) {
        return commit.header().timeMicros();
    }

    /** Whether the server remembers the password's hash or must be sent the password itself, over TLS or under its key. */
    @Test
    void passwordsAreProvenAsTheServerAsksByDefault() throws Exception {
        try (Captured it = new Captured(server, "proven")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')");
            server.execute(
                    "mysql",
                    "CREATE USER IF NOT EXISTS 'proven'@'%' IDENTIFIED WITH caching_sha2_password BY 's3cret'",
                    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'proven'@'%'",
                    "GRANT SELECT, LOCK TABLES ON proven.* TO 'proven'@'%'");
            for (String tls : List.of("disable", "require")) {
                server.execute("mysql", "FLUSH PRIVILEGES");
                it.at(SqlUrl.parse(server.url("proven", "proven", "s3cret") + "?sslmode=" + tls));
                it.start().same();
                it.run("INSERT INTO a (x) VALUES ('" + tls + "')").same().stop();
            }
            assertThat(it.gaps()).isEmpty();
            server.execute("mysql", "FLUSH PRIVILEGES");
            it.at(SqlUrl.parse(server.url("proven", "proven", "wrong")));
            assertThat(it.start().fault()).hasMessageContaining("Check user and password");
            server.execute("mysql", "DROP USER 'proven'@'%'");
        }
    }

    /** A capture asks over JDBC first, which makes the server remember: the log's connection alone must be able to do without. */
    @Test
    void theLogsConnectionProvesThePasswordByItself() throws Exception {
        server.execute(
                "mysql",
                "CREATE USER IF NOT EXISTS 'alone'@'%' IDENTIFIED WITH caching_sha2_password BY 's3cret'",
                "GRANT REPLICATION SLAVE ON *.* TO 'alone'@'%'");
        for (BinlogAddress.Tls tls : List.of(BinlogAddress.Tls.OFF, BinlogAddress.Tls.REQUIRED)) {
            server.execute("mysql", "FLUSH PRIVILEGES");
            BinlogAddress address =
                    new BinlogAddress(server.host(), server.port(), "alone", "s3cret", "mysql", 4242, tls, null);
            try (BinlogReader reader = new BinlogReader(address, new BinlogPlace("binlog.000001", 4))) {
                BinlogGroup first = null;
                for (int tries = 0; tries < 1_000 && first == null; tries++) {
                    first = reader.poll(20);
                }
                assertThat(first).isNotNull();
            }
        }
        server.execute("mysql", "DROP USER 'alone'@'%'");
    }

    /** MySQL makes columns of its own for these, which are not to be mistaken for the table's. */
    @Test
    void columnsThatTheServerAddsAreNotTold() throws Exception {
        try (Captured it = new Captured(server, "added")) {
            it.run(
                            "CREATE TABLE a (id int PRIMARY KEY, x varchar(20), j json, INDEX up ((UPPER(x))), INDEX many ((CAST(j AS UNSIGNED ARRAY))))")
                    .start()
                    .same();
            it.run("INSERT INTO a VALUES (1, 'one', '[1, 2]')", "UPDATE a SET x = 'two', j = '[3]'")
                    .same();
            try (Connection session = server.connect("added")) {
                Query.run(
                        session,
                        "SET SESSION sql_generate_invisible_primary_key = ON",
                        "CREATE TABLE b (x int)",
                        "INSERT INTO b VALUES (7), (8)",
                        "DELETE FROM b WHERE x = 7");
            }
            it.same();
            assertThat(it.image()).containsKeys("sql.added.a 1", "sql.added.b 2");
            assertThat(it.gaps()).hasSize(1);
        }
    }
}
