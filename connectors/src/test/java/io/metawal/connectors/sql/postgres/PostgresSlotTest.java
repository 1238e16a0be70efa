package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.cdc.SqlSourceOptions.AtBound;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.testkit.sql.PostgresServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the slot keeps, and what the user may do. */
@Tag("server")
@ExtendWith(Pg.Dropping.class)
class PostgresSlotTest {
    private static final long MIB = 1 << 20;
    private final PostgresServer server = PostgresServer.shared();

    private static void await(String what, BooleanSupplier until) throws InterruptedException {
        for (int i = 0; i < 3_000 && !until.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(until.getAsBoolean()).as(what).isTrue();
    }

    private static String slot(Pg database) {
        return "metawal_" + database.name() + "_main";
    }

    private static long retained(Pg database) {
        return Long.parseLong(database.value("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint"
                + " FROM pg_replication_slots WHERE slot_name = '" + slot(database) + "'"));
    }

    private static void fill(Pg database, long mib) {
        database.run("CREATE TABLE IF NOT EXISTS filler (v text)");
        database.run("INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, " + mib * 1000 + ")");
    }

    @Test
    void aQuietSlotComesForwardWhileAnotherDatabaseIsBusy() throws InterruptedException {
        Pg database = new Pg(server);
        Pg busy = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            long before = database.end();
            fill(busy, 40);
            await("the slot comes forward", () -> retained(database) < 16 * MIB);
            assertThat(database.end() - before).isGreaterThan(40 * MIB);
            database.awaitAll(sink, capture);
            assertThat(sink.last().header().kind()).isEqualTo(CommitKind.DATA);
            assertThat(sink.last().body().changes()).isEmpty();
        }
        database.run("INSERT INTO t VALUES (1)");
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(sink.commits().stream().filter(commit -> commit.body().afterGap()))
                .isEmpty();
    }

    /** A sink that does not return from a commit until it is opened. */
    private static final class HeldSink implements CommitSink {
        private final FoldingSink inner;
        private volatile CountDownLatch open = new CountDownLatch(0);
        private volatile boolean holding;

        HeldSink(FoldingSink inner) {
            this.inner = inner;
        }

        @Override
        public CompletableFuture<CommitHeader> commit(CommitDraft draft) throws InterruptedException {
            holding = open.getCount() > 0;
            open.await();
            return inner.commit(draft);
        }

        @Override
        public void observed(long epoch, long timeMicros) {
            inner.observed(epoch, timeMicros);
        }

        @Override
        public ImageView image() {
            return inner.image();
        }
    }

    @Test
    void atTheBoundTheSlotIsDroppedAlsoWhileTheSinkHoldsTheCaptureUp() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        HeldSink held = new HeldSink(sink);
        SqlSourceOptions options = Pg.options().withRetained(8 * MIB, AtBound.DROP);
        try (CaptureThread capture = new CaptureThread(database.source(options), sink.resumeAt(), held)) {
            database.awaitAll(sink, capture);
            held.open = new CountDownLatch(1);
            database.run("INSERT INTO t VALUES (1, 'held')");
            await("the sink holds the capture up", () -> held.holding);
            for (int i = 0; i < 20; i++) {
                database.run("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(" + (1000 * i + 10) + ","
                        + (1000 * i + 1009) + ") n");
            }
            await(
                    "the slot is dropped",
                    () -> database.value("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '"
                                    + slot(database) + "'")
                            .equals("0"));
            held.open.countDown();
            sink.await(
                    "a gap",
                    s -> s.commits().stream().anyMatch(commit -> commit.body().afterGap()));
            database.run("INSERT INTO t VALUES (2, 'after')");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
    }

    @Test
    void keptAtTheBoundItIsOnlyMeasured() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        HeldSink held = new HeldSink(sink);
        PostgresSource source = database.source(Pg.options().withRetained(4 * MIB, AtBound.KEEP));
        try (CaptureThread capture = new CaptureThread(source, sink.resumeAt(), held)) {
            database.awaitAll(sink, capture);
            held.open = new CountDownLatch(1);
            database.run("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 10000) n");
            await("the gauge", () -> source.gauges().getOrDefault("slot_retained_bytes", 0.0) > 8 * MIB);
            assertThat(source.gauges()).containsEntry("slot_retained_bytes_max", (double) (4 * MIB));
            held.open.countDown();
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(sink.commits().stream().filter(commit -> commit.body().afterGap()))
                .isEmpty();
    }

    @Test
    void whatTheUserLacksIsSaidInStatementsThatSuffice() throws InterruptedException {
        Pg database = new Pg(server);
        database.run(
                "CREATE SCHEMA s",
                "CREATE TABLE s.t (id bigserial PRIMARY KEY, v text)",
                "INSERT INTO s.t (v) VALUES ('x')");
        String user = "u" + database.name();
        server.createUser(user, "secret");
        var url =
                io.metawal.connectors.sql.jdbc.SqlUrl.parse(server.url(database.name(), user, "secret") + "?schema=s");
        var source = new PostgresSource(
                url,
                Pg.options(),
                new io.metawal.connectors.sql.SqlInterpretation.Plain("postgresql"),
                java.time.InstantSource.system());
        FoldingSink sink = new FoldingSink();
        String told;
        try (CaptureThread capture = new CaptureThread(source, sink)) {
            Throwable refused = capture.failure();
            assertThat(refused).isInstanceOf(MetawalException.class);
            assertThat(((MetawalException) refused).code()).isEqualTo(ExitCode.ACCESS_DENIED);
            told = ((MetawalException) refused).text();
        }
        String statements = told.substring(told.indexOf("run: ") + 5);
        assertThat(statements)
                .contains("ALTER ROLE \"" + user + "\" REPLICATION;")
                .contains("GRANT USAGE ON SCHEMA \"s\" TO \"" + user + "\";")
                .contains("GRANT SELECT ON \"s\".\"t\"")
                .contains("CREATE PUBLICATION ")
                .doesNotContain("secret");
        for (String statement : statements.split("(?<=;) ")) {
            database.run(statement);
        }
        try (CaptureThread capture = new CaptureThread(source, sink)) {
            database.awaitAll(sink, capture);
            database.run("INSERT INTO s.t (v) VALUES ('y')");
            database.awaitAll(sink, capture);
        }
        assertThat(sink.commits().stream().filter(commit -> commit.header().kind() == CommitKind.DATA))
                .hasSize(1);
    }
}
