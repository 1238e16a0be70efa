package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.metadata.commit.Commit;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One transaction is one commit, whatever is in it and around it. */
@Tag("server")
@ParameterizedClass
@EnumSource(Brand.class)
final class MysqlCaptureTest {
    private final Brand brand;
    private final BinlogServer server;

    MysqlCaptureTest(Brand brand) {
        this.brand = brand;
        server = brand.shared();
    }

    @Test
    void aBaseAndThenEveryTransactionAsOneCommit() throws Exception {
        try (Captured it = new Captured(server, "first")) {
            server.createDatabase("beside");
            server.execute("beside", "CREATE TABLE other (id int PRIMARY KEY)");
            it.run(
                    "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, x text)",
                    "CREATE TABLE b (k varchar(20), n int, v int, PRIMARY KEY (k, n))",
                    "INSERT INTO a (x) VALUES ('one'), ('two')");
            it.start().same();
            assertThat(it.counter("a")).isEqualTo("2");
            it.transaction(
                    "INSERT INTO a (x) VALUES ('three')",
                    "INSERT INTO b VALUES ('k/1', 1, 1)",
                    "INSERT INTO beside.other VALUES (1)");
            it.transaction("UPDATE b SET n = 2", "DELETE FROM a WHERE id = 1", "UPDATE a SET x = NULL WHERE id = 2");
            server.execute("beside", "INSERT INTO other VALUES (2)");
            it.run(
                    "UPDATE a SET x = '' WHERE id = 2",
                    "INSERT INTO a VALUES (40, 'far')",
                    "UPDATE a SET id = 41 WHERE id = 40");
            it.same();
            assertThat(it.transactions())
                    .extracting(commit -> commit.body().changes().stream()
                            .filter(change -> change.entryKey().space().name().startsWith("sql."))
                            .count())
                    .containsExactly(2L, 4L, 1L, 1L, 2L);
            assertThat(it.counter("a")).isEqualTo("41");
            assertThat(it.gaps()).isEmpty();
            Commit last = it.sink().last();
            assertThat(last.body().sourcePosition().toStringUtf8())
                    .contains("\"engine\":\"" + brand.engine().word() + "\"")
                    .containsPattern(
                            switch (brand) {
                                case MARIADB -> "\"gtid\":\"0-\\d+-\\d+\"";
                                case MYSQL_WITH_GTIDS -> "\"gtid\":\"[0-9a-f-]{36}:\\d+\"";
                                case MYSQL_WITHOUT_GTIDS -> "\"gtid\":\"\".*\"server_uuid\":\"[0-9a-f-]{36}\"";
                            })
                    .containsPattern("\"log\":\"binlog\\.\\d+:\\d+\"");
            server.dropDatabase("beside");
        }
    }

    @Test
    void whatIsRolledBackIsNotThere() throws Exception {
        try (Captured it = new Captured(server, "rolled")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, x text)", "CREATE TABLE b (id int PRIMARY KEY)")
                    .start()
                    .same();
            try (Connection connection = server.connect("rolled")) {
                connection.setAutoCommit(false);
                Query.run(connection, "INSERT INTO a VALUES (1, 'gone')");
                connection.rollback();
                Query.run(
                        connection,
                        "INSERT INTO a VALUES (2, 'kept')",
                        "SAVEPOINT s",
                        "INSERT INTO a VALUES (3, 'gone too')",
                        "ROLLBACK TO SAVEPOINT s",
                        "INSERT INTO b VALUES (4)");
                connection.commit();
            }
            it.same();
            assertThat(it.transactions()).hasSize(1);
            assertThat(it.image().keySet()).containsExactlyInAnyOrder("sql.rolled.a 2", "sql.rolled.b 4");
        }
    }

    @Test
    void aPreparedTransactionCountsWhenItIsDecided() throws Exception {
        try (Captured it = new Captured(server, "xa")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, x text)").start().same();
            try (Connection one = server.connect("xa");
                    Connection two = server.connect("xa")) {
                Query.run(one, "XA START 'x1'", "INSERT INTO a VALUES (1, 'xa')", "XA END 'x1'", "XA PREPARE 'x1'");
                Query.run(two, "XA START 'x2'", "INSERT INTO a VALUES (2, 'never')", "XA END 'x2'", "XA PREPARE 'x2'");
                it.run("INSERT INTO a VALUES (3, 'between')").caughtUp();
                assertThat(it.image().keySet()).containsExactly("sql.xa.a 3");
                Query.run(one, "XA COMMIT 'x1'");
                Query.run(two, "XA ROLLBACK 'x2'");
                Query.run(
                        one,
                        "XA START 'x3'",
                        "INSERT INTO a VALUES (5, 'one phase')",
                        "XA END 'x3'",
                        "XA COMMIT 'x3' ONE PHASE");
            }
            it.same();
            assertThat(it.transactions()).hasSize(3);
            assertThat(it.gaps()).isEmpty();
            try (Connection one = server.connect("xa")) {
                Query.run(
                        one,
                        "XA START 'x4'",
                        "INSERT INTO a VALUES (6, 'prepared before')",
                        "XA END 'x4'",
                        "XA PREPARE 'x4'");
                it.run("INSERT INTO a VALUES (7, 'after')").caughtUp().stop();
                it.start().caughtUp();
                Query.run(one, "XA COMMIT 'x4'");
            }
            it.same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0)).contains("had been prepared before the log was read");
        }
    }

    @Test
    void aHugeTransactionIsOneCommit() throws Exception {
        try (Captured it = new Captured(server, "huge")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, y longblob)").start().same();
            byte[] large = new byte[20 << 20];
            new java.util.SplittableRandom(1).nextBytes(large);
            try (Connection connection = server.connect("huge")) {
                connection.setAutoCommit(false);
                Query.run(
                        connection,
                        "INSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                                + " SELECT (o.i - 1) * 1000 + n.i, 'x' FROM n, n o WHERE o.i <= 20");
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO a VALUES (0, ?)")) {
                    insert.setBytes(1, large);
                    insert.execute();
                }
                connection.commit();
            }
            it.same();
            assertThat(it.transactions()).hasSize(1);
            assertThat(it.transactions().get(0).body().changes()).hasSize(20_001);
        }
    }

    @Test
    void truncationTakesEveryRow() throws Exception {
        try (Captured it = new Captured(server, "emptied")) {
            it.run(
                            "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY)",
                            "CREATE TABLE b (id int PRIMARY KEY)",
                            "INSERT INTO a VALUES (1), (2)",
                            "INSERT INTO b VALUES (7)")
                    .start()
                    .same();
            it.run("INSERT INTO a VALUES (3)", "TRUNCATE TABLE a", "INSERT INTO a VALUES (1)")
                    .same();
            assertThat(it.gaps()).isEmpty();
            assertThat(it.transactions().get(1).body().changes()).hasSize(3);
            assertThat(it.counter("a")).isEqualTo("3");
        }
    }
}
