package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.cdc.Positions;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.testkit.sql.PostgresServer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of tables and of the publication behind which everything is described as before, but rows are not what the log told. */
@Tag("server")
@ExtendWith(Pg.Dropping.class)
class PostgresLayoutTest {
    private final PostgresServer server = PostgresServer.shared();

    static Stream<SilentChange> changes() {
        return SilentChange.all();
    }

    private static List<String> gaps(FoldingSink sink) {
        return sink.commits().stream()
                .map(commit -> commit.body().gapReason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    private static String publication(Pg database) {
        return "metawal_" + database.name() + "_main";
    }

    private Pg database(boolean all) {
        Pg database = new Pg(server);
        database.run(
                "CREATE TABLE t (id int PRIMARY KEY, c int)",
                "CREATE TABLE u (id int PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1, 1), (2, 2)");
        if (all) {
            database.run("CREATE PUBLICATION " + publication(database) + " FOR ALL TABLES");
        }
        return database;
    }

    private static void carryOut(Pg database, SilentChange change) {
        database.transaction(change.statements(publication(database)));
    }

    private static void goOn(Pg database, FoldingSink sink) throws InterruptedException {
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        database.awaitSlotsAreFree();
    }

    private static @Nullable String layout(ByteString position) {
        return Positions.parse(position).facts().get(PgLayout.FACT);
    }

    private static void assertGapOnce(Pg database, FoldingSink sink, SilentChange change) throws InterruptedException {
        database.assertSame(sink);
        assertThat(gaps(sink)).singleElement().asString().contains(change.named());
        database.run("INSERT INTO t VALUES (1000, 1)");
        goOn(database, sink);
        database.assertSame(sink);
        assertThat(gaps(sink)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void isAGapWhileItRuns(SilentChange change) throws InterruptedException {
        Pg database = database(change.ofAllTables());
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.run("INSERT INTO u VALUES (1, 'before')");
            database.awaitAll(sink, capture);
            carryOut(database, change);
            database.awaitAll(sink, capture);
            sink.await("a gap", s -> !gaps(s).isEmpty());
            database.awaitAll(sink, capture);
        }
        database.awaitSlotsAreFree();
        assertGapOnce(database, sink, change);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void isAGapWhileItIsAway(SilentChange change) throws InterruptedException {
        Pg database = database(change.ofAllTables());
        FoldingSink sink = new FoldingSink();
        goOn(database, sink);
        String before = layout(sink.resumeAt());
        database.run("INSERT INTO u VALUES (1, 'before')");
        carryOut(database, change);
        database.run("INSERT INTO u VALUES (2, 'behind')");
        goOn(database, sink);
        List<String> told = sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA)
                .filter(commit -> !commit.body().changes().isEmpty())
                .map(Commit::body)
                .map(body -> layout(body.sourcePosition()))
                .toList();
        assertThat(told)
                .as("what is told before the base, one by one")
                .isNotEmpty()
                .containsOnly(before);
        assertThat(layout(sink.resumeAt())).isNotEqualTo(before);
        assertGapOnce(database, sink, change);
    }

    private static final String[] HARMLESS = {
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.t (id int PRIMARY KEY)",
        "DROP TABLE elsewhere.t",
        "CREATE TABLE elsewhere.t (id int PRIMARY KEY)",
        "ALTER PUBLICATION <p> ADD TABLE elsewhere.t",
        "VACUUM FULL t",
        "VACUUM FREEZE t",
        "VACUUM FREEZE pg_attribute",
        "VACUUM FULL pg_attribute",
        "VACUUM FULL pg_publication_rel",
        "TRUNCATE u",
        "INSERT INTO u VALUES (3, 'again')",
        "ANALYZE",
        "CREATE INDEX t_c ON t (c)",
        "CLUSTER t USING t_pkey",
        "GRANT SELECT ON t, u TO PUBLIC",
        "ALTER TABLE t SET (autovacuum_enabled = off)",
        "CREATE TRIGGER again BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    };
    private static final String[] ON_COLUMNS = {
        "GRANT SELECT (c) ON t TO PUBLIC",
        "ALTER TABLE t ALTER COLUMN c SET STATISTICS 500",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 4",
        "ALTER TABLE t ALTER COLUMN c DROP DEFAULT"
    };

    @Test
    void whatLeavesRowsAsTheyAreIsNoGap() throws InterruptedException {
        Pg database = database(false);
        FoldingSink sink = new FoldingSink();
        goOn(database, sink);
        run(database, HARMLESS);
        goOn(database, sink);
        run(database, ON_COLUMNS);
        goOn(database, sink);
        database.run("DROP SCHEMA elsewhere CASCADE", "DROP INDEX t_c", "DROP TRIGGER again ON t");
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            for (String[] some : List.of(HARMLESS, ON_COLUMNS)) {
                run(database, some);
                database.awaitAll(sink, capture);
                database.awaitAll(sink, capture);
            }
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).isEmpty();
        assertThat(sink.commits().stream().filter(commit -> commit.header().kind() == CommitKind.BASE))
                .hasSize(1);
    }

    private static void run(Pg database, String... statements) {
        for (String sql : statements) {
            database.run(sql.replace("<p>", publication(database)));
        }
    }

    @Test
    void aPositionWithoutALayoutIsGoneOnFrom() throws InterruptedException {
        Pg database = database(false);
        FoldingSink sink = new FoldingSink();
        goOn(database, sink);
        String with = sink.resumeAt().toStringUtf8();
        ByteString without = ByteString.copyFromUtf8(with.replaceAll("\"layout\":\"[^\"]*\",", ""));
        assertThat(layout(without)).isNull();
        database.run("INSERT INTO t VALUES (3, 3)");
        try (CaptureThread capture = new CaptureThread(database.source(Pg.options()), without, sink)) {
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).isEmpty();
    }
}
