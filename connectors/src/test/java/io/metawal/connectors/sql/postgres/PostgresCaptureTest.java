package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.testkit.sql.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions and their commits, against a real PostgreSQL. */
@Tag("server")
@ExtendWith(Pg.Dropping.class)
class PostgresCaptureTest {
    private final PostgresServer server = PostgresServer.shared();

    private static List<Commit> data(FoldingSink sink) {
        return sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA)
                .filter(commit -> !commit.body().changes().isEmpty())
                .toList();
    }

    @Test
    void baseAndThenEveryTransactionIsOneCommit() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id bigserial PRIMARY KEY, v text)", "INSERT INTO t (v) VALUES ('a'), ('b')");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            assertThat(sink.last().header().kind()).isEqualTo(CommitKind.BASE);
            database.run("INSERT INTO t (v) SELECT 'n' || n FROM generate_series(1, 5000) n");
            database.run("UPDATE t SET v = v || '!' WHERE id % 2 = 0");
            database.run("DELETE FROM t WHERE id % 3 = 0");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(data(sink).stream().map(commit -> commit.body().changes().size()))
                .containsExactly(5001, 2501, 1667);
    }

    @Test
    void interleavedTransactionsSavepointsAndRollbacks() throws SQLException, InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE u (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink);
                Connection one = database.connect();
                Connection two = database.connect()) {
            database.awaitAll(sink, capture);
            one.setAutoCommit(false);
            two.setAutoCommit(false);
            one.createStatement().execute("INSERT INTO t VALUES (1, 'one')");
            two.createStatement().execute("INSERT INTO t VALUES (2, 'two')");
            Savepoint savepoint = one.setSavepoint();
            one.createStatement().execute("INSERT INTO t VALUES (3, 'never')");
            one.rollback(savepoint);
            one.createStatement().execute("INSERT INTO u VALUES (1, 'one')");
            two.createStatement().execute("INSERT INTO u VALUES (2, 'two')");
            two.commit();
            one.commit();
            two.createStatement().execute("INSERT INTO u VALUES (4, 'rolled back')");
            two.rollback();
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(data(sink).stream()
                        .map(commit -> commit.body().changes().stream()
                                .map(change -> change.entryKey().space().name() + "/"
                                        + change.entryKey().key().toStringUtf8())
                                .toList()))
                .containsExactly(
                        List.of("sql.public.t/2", "sql.public.u/2"), List.of("sql.public.t/1", "sql.public.u/1"));
    }

    @Test
    void truncateDeletesEveryKeyOfTheTransactionToo() throws InterruptedException {
        Pg database = new Pg(server);
        database.run(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "CREATE TABLE u (id int PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO u VALUES (1, 'stays')");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.transaction(
                    "INSERT INTO t VALUES (3, 'c')",
                    "UPDATE t SET id = 20 WHERE id = 2",
                    "TRUNCATE t",
                    "INSERT INTO t VALUES (1, 'again'), (4, 'd')");
            database.run("TRUNCATE t, u");
            database.run("INSERT INTO u VALUES (7, 'x')");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(data(sink)).hasSize(3);
    }

    @Test
    void unchangedLargeValuesAreFilledInAndKeysMayChange() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, n int, large text, bytes bytea, j jsonb, num numeric)");
        database.run("ALTER TABLE t ALTER COLUMN large SET STORAGE EXTERNAL, ALTER COLUMN bytes SET STORAGE EXTERNAL,"
                + " ALTER COLUMN j SET STORAGE EXTERNAL, ALTER COLUMN num SET STORAGE EXTERNAL");
        String row =
                "(%d, 1, repeat('x', 9000), decode(repeat('00ff', 9000), 'hex'), jsonb_build_object('k', repeat('y', 9000)),"
                        + " (repeat('7', 30000) || '.5')::numeric)";
        database.run("INSERT INTO t VALUES " + row.formatted(1));
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.run("UPDATE t SET n = 2 WHERE id = 1");
            database.transaction(
                    "INSERT INTO t VALUES " + row.formatted(2),
                    "UPDATE t SET n = 3 WHERE id = 2",
                    "UPDATE t SET id = 3 WHERE id = 2",
                    "UPDATE t SET n = 4 WHERE id = 3");
            database.run("UPDATE t SET id = 4 WHERE id = 1");
            database.awaitAll(sink, capture);
            database.assertSame(sink);
            database.run("ALTER TABLE t REPLICA IDENTITY FULL");
            database.run("UPDATE t SET n = 5");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
    }
}
