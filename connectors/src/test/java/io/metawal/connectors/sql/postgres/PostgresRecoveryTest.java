package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.testkit.sql.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Captures, sinks and servers that fail in the middle of everything: every transaction is one commit, none is missing, none comes twice. */
@Tag("server")
@Tag("process")
@ExtendWith(Pg.Dropping.class)
class PostgresRecoveryTest {
    private static final int KILLS = 3;

    private static List<Commit> data(FoldingSink sink) {
        return sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA)
                .filter(commit -> !commit.body().changes().isEmpty())
                .toList();
    }

    private static List<String> keys(FoldingSink sink) {
        return data(sink).stream()
                .map(commit -> commit.body().changes().stream()
                        .map(change -> change.op().name().charAt(0)
                                + change.entryKey().key().toStringUtf8())
                        .toList()
                        .toString())
                .toList();
    }

    private static FaultySource faulty(Pg database, int failAt, Supplier<RuntimeException> fault) {
        return new FaultySource(
                new FaultyDialect(
                        new PostgresCdc(database.url(), Pg.options(), new SqlInterpretation.Plain("postgresql")),
                        failAt,
                        fault),
                Pg.options());
    }

    private static void interleaved(Pg database) throws SQLException {
        try (Connection one = database.connect();
                Connection two = database.connect()) {
            one.setAutoCommit(false);
            two.setAutoCommit(false);
            one.createStatement().execute("INSERT INTO t VALUES (1, 'a')");
            two.createStatement().execute("INSERT INTO t VALUES (2, 'b')");
            one.createStatement().execute("UPDATE t SET v = 'aa' WHERE id = 1");
            two.createStatement().execute("INSERT INTO t VALUES (3, 'c')");
            two.commit();
            one.createStatement().execute("DELETE FROM t WHERE id = 3");
            one.commit();
        }
        database.run("DELETE FROM t");
    }

    @Test
    void failsAtEveryRecordAndBeginsAgain() throws SQLException, InterruptedException {
        Pg database = new Pg(PostgresServer.shared());
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        FaultySource unharmed = faulty(database, 0, IllegalStateException::new);
        try (CaptureThread capture = new CaptureThread(unharmed, sink)) {
            database.awaitAll(sink, capture);
            interleaved(database);
            database.awaitAll(sink, capture);
        }
        List<String> oracle = keys(sink);
        int records = unharmed.dialect().told();
        assertThat(oracle).hasSize(3);
        assertThat(records).isEqualTo(3 * 2 + 2 + 3 + 2);
        for (int failAt = 1; failAt <= records; failAt++) {
            int before = data(sink).size();
            interleaved(database);
            // Killed: the next capture knows only what the sink holds.
            try (CaptureThread capture =
                    new CaptureThread(faulty(database, failAt, IllegalStateException::new), sink)) {
                assertThat(capture.failure()).isExactlyInstanceOf(IllegalStateException.class);
            }
            // Cut off from the server: the capture goes on by itself.
            UnreachableException cut = new UnreachableException("cut off");
            try (CaptureThread capture = new CaptureThread(faulty(database, failAt, () -> cut), sink)) {
                database.awaitAll(sink, capture);
            }
            List<String> all = keys(sink);
            assertThat(all.subList(before, all.size()))
                    .as("failing at record " + failAt)
                    .isEqualTo(oracle);
            database.assertSame(sink);
        }
    }

    @Test
    void aSinkThatFailsEndsTheCaptureAndNothingIsTakenTwice() throws SQLException, InterruptedException {
        Pg database = new Pg(PostgresServer.shared());
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        for (int round = 0; round < 3; round++) {
            int before = data(sink).size();
            interleaved(database);
            sink.refuseAfter(round);
            try (CaptureThread capture = database.capture(sink)) {
                assertThat(capture.failure()).hasMessageContaining("told to refuse");
            }
            sink.takeAll();
            try (CaptureThread capture = database.capture(sink)) {
                database.awaitAll(sink, capture);
            }
            assertThat(data(sink)).hasSize(before + 3);
            database.assertSame(sink);
        }
    }

    @Test
    void aBaseThatBreaksOffIsBegunAgain() throws InterruptedException {
        Pg database = new Pg(PostgresServer.shared());
        database.run(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT n, 'row ' || n FROM generate_series(1, 25000) n");
        FoldingSink sink = new FoldingSink();
        sink.refuseAfter(1);
        try (CaptureThread capture = database.capture(sink)) {
            assertThat(capture.failure()).hasMessageContaining("told to refuse");
        }
        assertThat(sink.last().header().kind()).isEqualTo(CommitKind.BASE_PART);
        sink.takeAll();
        database.run("DELETE FROM t WHERE id < 100", "UPDATE t SET v = 'new' WHERE id = 20000");
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(sink.last().header().kind()).isEqualTo(CommitKind.BASE);
        assertThat(sink.commits().stream().filter(commit -> commit.body().afterGap()))
                .isEmpty();
    }

    @Test
    void stopsAlsoWhileTheServerWaitsForALongTransaction() throws SQLException, InterruptedException {
        Pg database = new Pg(PostgresServer.shared());
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        try (Connection open = database.connect()) {
            open.setAutoCommit(false);
            open.createStatement().execute("INSERT INTO t VALUES (1, 'open')");
            try (CaptureThread capture = database.capture(sink)) {
                while (!database.value("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()")
                        .equals("1")) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                capture.check();
            }
            assertThat(sink.commits()).isEmpty();
            open.commit();
        }
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
    }

    @Test
    void aServerThatIsKilledAndStartedAgainUnderLoad() throws InterruptedException {
        try (PostgresServer server = PostgresServer.start()) {
            Pg database = new Pg(server);
            database.run("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (0, 0)");
            FoldingSink sink = new FoldingSink();
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger next = new AtomicInteger();
            Thread load = new Thread(() -> load(database, next, stop), "load");
            try (CaptureThread capture = database.capture(sink)) {
                database.awaitAll(sink, capture);
                load.start();
                for (int kill = 0; kill < KILLS; kill++) {
                    int from = data(sink).size();
                    sink.await("commits under load", s -> data(s).size() > from + 50);
                    server.kill();
                    server.restart();
                }
                stop.set(true);
                load.join();
                database.awaitAll(sink, capture);
            }
            database.assertSame(sink);
            List<String> committed = new ArrayList<>();
            try (Connection connection = database.connect();
                    var rows = connection.createStatement().executeQuery("SELECT id FROM t WHERE id > 0 ORDER BY id")) {
                while (rows.next()) {
                    committed.add("[P0, P" + rows.getInt(1) + "]");
                }
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            assertThat(keys(sink)).isEqualTo(committed);
            assertThat(sink.commits().stream().filter(commit -> commit.body().afterGap()))
                    .isEmpty();
        }
    }

    /** Every transaction changes row 0 and adds a row with a number greater than before; one that fails may have been committed or not. */
    private static void load(Pg database, AtomicInteger next, AtomicBoolean stop) {
        while (!stop.get()) {
            try (Connection connection = database.connect()) {
                connection.setAutoCommit(false);
                while (!stop.get()) {
                    int number = next.incrementAndGet();
                    connection.createStatement().execute("UPDATE t SET v = " + number + " WHERE id = 0");
                    connection.createStatement().execute("INSERT INTO t VALUES (" + number + ", 1)");
                    connection.commit();
                    TimeUnit.MILLISECONDS.sleep(2);
                }
            } catch (SQLException | IllegalStateException serverIsAway) {
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
