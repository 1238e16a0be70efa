package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.metadata.commit.Commit;
import io.metawal.testkit.sql.MariaDbServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One transaction is one commit, whatever is in it and around it. */
final class MysqlCaptureTest {
    private static final MariaDbServer SERVER = MariaDbServer.start();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void aBaseAndThenEveryTransactionAsOneCommit() throws Exception {
        try (Captured it = new Captured(SERVER, "first")) {
            SERVER.createDatabase("beside");
            SERVER.execute("beside", "CREATE TABLE other (id int PRIMARY KEY)");
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
            SERVER.execute("beside", "INSERT INTO other VALUES (2)");
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
                    .contains("\"engine\":\"mariadb\"")
                    .containsPattern("\"gtid\":\"0-\\d+-\\d+\"")
                    .containsPattern("\"log\":\"binlog\\.\\d+:\\d+\"");
            SERVER.dropDatabase("beside");
        }
    }

    @Test
    void whatIsRolledBackIsNotThere() throws Exception {
        try (Captured it = new Captured(SERVER, "rolled")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, x text)", "CREATE TABLE b (id int PRIMARY KEY)")
                    .start()
                    .same();
            try (Connection connection = SERVER.connect("rolled")) {
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
        try (Captured it = new Captured(SERVER, "xa")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, x text)").start().same();
            try (Connection one = SERVER.connect("xa");
                    Connection two = SERVER.connect("xa")) {
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
            try (Connection one = SERVER.connect("xa")) {
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
        try (Captured it = new Captured(SERVER, "huge")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, y longblob)").start().same();
            byte[] large = new byte[20 << 20];
            new java.util.SplittableRandom(1).nextBytes(large);
            try (Connection connection = SERVER.connect("huge")) {
                connection.setAutoCommit(false);
                Query.run(connection, "INSERT INTO a SELECT seq, 'x' FROM seq_1_to_20000");
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
        try (Captured it = new Captured(SERVER, "emptied")) {
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
