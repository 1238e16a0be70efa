package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.testkit.sql.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions about the size that may be held, and far over it. */
@Tag("server")
@ExtendWith(Pg.Dropping.class)
class PostgresLargeTransactionTest {
    private static final int ROWS = 20_000;
    private static final long ROW_BYTES = 700;
    private static final String INSERT = "INSERT INTO t (v) SELECT repeat('x', 450) || n FROM generate_series(1, %d) n";
    private final PostgresServer server = PostgresServer.shared();

    private static SqlSourceOptions holding(long rows) {
        return Pg.options().withTransactionBytesMax(rows * ROW_BYTES);
    }

    private Pg table() {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id bigserial PRIMARY KEY, v text, n int)", INSERT.formatted(100));
        return database;
    }

    private static List<Commit> data(FoldingSink sink) {
        return sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA)
                .filter(commit -> !commit.body().changes().isEmpty())
                .toList();
    }

    private static List<String> gaps(FoldingSink sink) {
        return sink.commits().stream()
                .map(commit -> commit.body().gapReason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    @Test
    void isOneCommitBelowTheBound() throws InterruptedException {
        Pg database = table();
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink, holding(ROWS))) {
            database.awaitAll(sink, capture);
            database.run(INSERT.formatted(ROWS));
            database.run("UPDATE t SET n = 1 WHERE id <= 10");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(data(sink).stream().map(commit -> commit.body().changes().size()))
                .containsExactly(ROWS + 1, 10);
        assertThat(gaps(sink)).isEmpty();
    }

    @Test
    void isANewBaseAboveTheBoundAndTheStreamGoesOnBehindIt() throws InterruptedException {
        Pg database = table();
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink, holding(ROWS / 4))) {
            database.awaitAll(sink, capture);
            database.run("UPDATE t SET n = 1 WHERE id = 1");
            database.awaitAll(sink, capture);
            database.run(INSERT.formatted(ROWS));
            database.awaitAll(sink, capture);
            database.run("UPDATE t SET n = 2 WHERE id = 2");
            database.run(INSERT.formatted(ROWS / 8));
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink))
                .singleElement()
                .asString()
                .matches("transaction \\d+ of " + ROWS
                        + " rows, about 1[34]\\d{6} bytes, committed at [0-9A-F]+/[0-9A-F]+, was"
                        + " too large to be held: at most " + ROWS / 4 * ROW_BYTES + " bytes of memory .*");
        assertThat(data(sink).stream().map(commit -> commit.body().changes().size()))
                .containsExactly(1, 1, ROWS / 8 + 1);
    }

    @Test
    void everyKindOfChangeMayBeTooMuch() throws InterruptedException {
        Pg database = table();
        database.run(INSERT.formatted(ROWS), "ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink, holding(ROWS / 4))) {
            database.awaitAll(sink, capture);
            for (String large : List.of(
                    "UPDATE t SET n = 1",
                    "UPDATE t SET id = id + 1000000",
                    "TRUNCATE t",
                    INSERT.formatted(ROWS),
                    "DELETE FROM t")) {
                int before = gaps(sink).size();
                database.run(large);
                database.awaitAll(sink, capture);
                assertThat(gaps(sink)).as(large).hasSize(before + 1);
            }
            database.run("INSERT INTO t VALUES (1, 'small', 0)");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(data(sink).get(data(sink).size() - 1).body().changes()).hasSize(1);
    }

    @Test
    void aCaptureThatIsKilledInTheMiddleTakesItOnce() throws InterruptedException {
        for (long held : new long[] {ROWS, ROWS / 4}) {
            Pg database = table();
            SqlSourceOptions options = holding(held);
            FoldingSink sink = new FoldingSink();
            try (CaptureThread capture = database.capture(sink, options)) {
                database.awaitAll(sink, capture);
            }
            database.run(INSERT.formatted(ROWS));
            for (int failAt : new int[] {ROWS / 8, ROWS / 2, ROWS + 2}) {
                database.awaitSlotsAreFree();
                int before = sink.commits().size();
                try (CaptureThread capture = new CaptureThread(faulty(database, options, failAt), sink)) {
                    assertThat(capture.failure()).hasMessage("killed");
                }
                assertThat(sink.commits()).hasSize(before);
            }
            database.awaitSlotsAreFree();
            try (CaptureThread capture = database.capture(sink, options)) {
                database.awaitAll(sink, capture);
                database.run("DELETE FROM t WHERE id = 1");
                database.awaitAll(sink, capture);
            }
            database.assertSame(sink);
            assertThat(gaps(sink)).hasSize(held < ROWS ? 1 : 0);
            assertThat(data(sink)).hasSize(held < ROWS ? 1 : 2);
        }
    }

    private static FaultySource faulty(Pg database, SqlSourceOptions options, int failAt) {
        return new FaultySource(
                new FaultyDialect(
                        new PostgresCdc(database.url(), options, new SqlInterpretation.Plain("postgresql")),
                        failAt,
                        () -> new IllegalStateException("killed")),
                options);
    }
}
