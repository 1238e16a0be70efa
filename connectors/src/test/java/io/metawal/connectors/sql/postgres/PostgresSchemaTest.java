package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.UsageException;
import io.metawal.testkit.sql.PostgresServer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables that come, go and change while they are captured. */
@Tag("server")
@ExtendWith(Pg.Dropping.class)
class PostgresSchemaTest {
    private final PostgresServer server = PostgresServer.shared();

    private static List<String> gaps(FoldingSink sink) {
        return sink.commits().stream()
                .map(commit -> commit.body().gapReason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    private static List<Commit> data(FoldingSink sink) {
        return sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA)
                .filter(commit -> !commit.body().changes().isEmpty())
                .toList();
    }

    @Test
    void aMigrationIsANewBaseThatSaysWhatChanged() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE gone (id int PRIMARY KEY)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.run("INSERT INTO t VALUES (1, 'before')");
            database.transaction(
                    "ALTER TABLE t ADD COLUMN n bigint NOT NULL DEFAULT 7",
                    "CREATE TABLE made (id serial PRIMARY KEY, v text)",
                    "INSERT INTO made (v) VALUES ('x')",
                    "DROP TABLE gone",
                    "INSERT INTO t VALUES (2, 'migration', 8)");
            database.run("INSERT INTO t VALUES (3, 'after', 9)", "INSERT INTO made (v) VALUES ('y')");
            sink.await("a gap", s -> !gaps(s).isEmpty());
            database.awaitAll(sink, capture);
            database.run("INSERT INTO made (v) VALUES ('z')");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).hasSize(1);
        assertThat(gaps(sink).get(0))
                .contains("table public.t: column \"n\" is new")
                .contains("table public.made is new")
                .contains("table public.gone is gone");
        assertThat(data(sink).get(0).body().changes()).hasSize(1);
    }

    @Test
    void aTypeThatChangesIsNoticedAtTheFirstRow() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, '5')");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.transaction("ALTER TABLE t ALTER COLUMN v TYPE int USING v::int", "UPDATE t SET v = v + 1");
            sink.await("a gap", s -> !gaps(s).isEmpty());
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).containsExactly("table public.t: column \"v\" is integer, was text");
    }

    @Test
    void whatDoesNotTouchRowsIsACommitAndNoGap() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.run("CREATE INDEX v_index ON t (v)", "ALTER TABLE t ALTER COLUMN v SET DEFAULT 'd'");
            sink.await(
                    "the index",
                    s -> s.last().body().changes().stream()
                            .anyMatch(change -> change.value().toStringUtf8().contains("v_index")));
            database.run("INSERT INTO t (id) VALUES (1)");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).isEmpty();
    }

    @Test
    void aValueOfAListedTypeThatIsRenamedChangesRowsAndOneThatIsAddedDoesNot() throws InterruptedException {
        Pg database = new Pg(server);
        database.run(
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                "CREATE TABLE t (id int PRIMARY KEY, v mood)",
                "INSERT INTO t VALUES (1, 'sad'), (2, 'happy')");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.run("ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'happy'");
            sink.await(
                    "the new value",
                    s -> s.last().body().changes().stream()
                            .anyMatch(change -> change.value().toStringUtf8().contains("so-so")));
            assertThat(gaps(sink)).isEmpty();
            database.run("ALTER TYPE mood RENAME VALUE 'happy' TO 'glad'");
            sink.await("a gap", s -> !gaps(s).isEmpty());
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).containsExactly("table public.t: a value of its type mood has another name");
    }

    @Test
    void whatWasWrittenBeforeAMigrationIsStillToldOneByOne() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        for (int i = 0; i < 10; i++) {
            database.run("INSERT INTO t VALUES (" + i + ", 'down')");
        }
        database.run("ALTER TABLE t ADD COLUMN n int", "INSERT INTO t VALUES (100, 'x', 1)");
        try (CaptureThread capture = database.capture(sink)) {
            sink.await("a gap", s -> !gaps(s).isEmpty());
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(data(sink)).hasSize(10);
        assertThat(gaps(sink)).containsExactly("table public.t: column \"n\" is new");
    }

    @Test
    void aTableWithoutPrimaryKeyIsRefusedOrLeftOut() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE keyless (v text)");
        try (CaptureThread capture = database.capture(new FoldingSink())) {
            assertThat(capture.failure())
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("public.keyless without primary key")
                    .hasMessageContaining("--exclude-table keyless");
        }
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink, Pg.options().withExcludedTables(Set.of("keyless")))) {
            database.awaitAll(sink, capture);
            database.run("INSERT INTO keyless VALUES ('x')", "UPDATE keyless SET v = 'y'", "INSERT INTO t VALUES (1)");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink, Set.of("keyless"));
    }

    @Test
    void aTableThatThePublicationLosesIsNoticed() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.transaction(
                    "ALTER PUBLICATION metawal_" + database.name() + "_main DROP TABLE u", "INSERT INTO u VALUES (1)");
            sink.await("a gap", s -> !gaps(s).isEmpty());
            database.run("INSERT INTO u VALUES (2)");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(gaps(sink)).singleElement().asString().contains("did not tell of public.u");
    }
}
