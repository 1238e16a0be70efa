package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.sql.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What PostgreSQL's log can no longer tell, and servers that are not what was captured. */
@Tag("server")
@Tag("process")
@ExtendWith(Pg.Dropping.class)
class PostgresLossTest {
    private final PostgresServer server = PostgresServer.shared();

    private static List<String> gaps(FoldingSink sink) {
        return sink.commits().stream()
                .map(commit -> commit.body().gapReason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    private static FoldingSink captured(Pg database) throws InterruptedException {
        FoldingSink sink = new FoldingSink();
        goOn(database, sink);
        return sink;
    }

    private static void goOn(Pg database, FoldingSink sink) throws InterruptedException {
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        database.awaitSlotsAreFree();
    }

    private static String slot(Pg database) {
        return "metawal_" + database.name() + "_main";
    }

    @Test
    void aSlotThatIsGoneIsAGapWithANewBase() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        FoldingSink sink = captured(database);
        database.run("SELECT pg_drop_replication_slot('" + slot(database) + "')");
        database.run("DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (3)");
        goOn(database, sink);
        database.assertSame(sink);
        assertThat(gaps(sink)).singleElement().asString().contains("\"" + slot(database) + "\" is gone");
        database.run("INSERT INTO t VALUES (4)");
        goOn(database, sink);
        database.assertSame(sink);
        assertThat(gaps(sink)).hasSize(1);
    }

    @Test
    void aSlotThatStandsBehindOurPositionWouldSkipAndIsAGap() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)");
        FoldingSink sink = captured(database);
        database.run(
                "SELECT pg_drop_replication_slot('" + slot(database) + "')",
                "INSERT INTO t VALUES (1)",
                "SELECT pg_create_logical_replication_slot('" + slot(database) + "', 'pgoutput')",
                "INSERT INTO t VALUES (2)");
        goOn(database, sink);
        database.assertSame(sink);
        assertThat(gaps(sink)).singleElement().asString().contains("is no longer told");
    }

    @Test
    void aSlotThatTheServerInvalidatedIsAGap() throws InterruptedException {
        try (PostgresServer small =
                PostgresServer.start("max_slot_wal_keep_size=1MB", "min_wal_size=32MB", "max_wal_size=32MB")) {
            Pg database = new Pg(small);
            database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
            FoldingSink sink = captured(database);
            for (int i = 0; i < 5; i++) {
                database.run("INSERT INTO t SELECT n, repeat('x', 500) FROM generate_series(" + i * 10000 + ", "
                        + (i * 10000 + 9999) + ") n");
                database.run("SELECT pg_switch_wal()", "CHECKPOINT");
            }
            assertThat(database.value("SELECT wal_status FROM pg_replication_slots"))
                    .isEqualTo("lost");
            goOn(database, sink);
            database.assertSame(sink);
            assertThat(gaps(sink)).singleElement().asString().contains("invalidated");
        }
    }

    @Test
    void aSlotInUseIsWaitedFor() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)");
        FoldingSink sink = captured(database);
        FoldingSink other = new FoldingSink();
        try (CaptureThread first = database.capture(sink)) {
            // A row that comes through the slot: from then on it is in use.
            database.run("INSERT INTO t VALUES (0)");
            database.awaitAll(sink, first);
            PgLink link = new PgLink(database.url());
            String pid = database.value(
                    "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot(database) + "'");
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> new PgSlot(database.url(), slot(database), link)
                                    .lost(io.metawal.connectors.sql.cdc.Positions.parse(sink.resumeAt()))))
                    .isInstanceOf(io.metawal.metadata.fault.UnreachableException.class)
                    .hasMessageContaining("in use by the process " + pid);
            link.close();
            try (CaptureThread second = database.capture(other)) {
                database.run("INSERT INTO t VALUES (1)");
                database.awaitAll(sink, first);
                second.check();
            }
        }
        assertThat(other.commits()).isEmpty();
        assertThat(gaps(sink)).isEmpty();
        database.assertSame(sink);
    }

    @Test
    void anotherServerOrDatabaseIsRefused() throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY)");
        FoldingSink sink = captured(database);
        server.dropDatabase(database.name());
        server.createDatabase(database.name());
        try (CaptureThread capture = database.capture(sink)) {
            assertThat(capture.failure())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("but the log was captured from postgresql");
        }
    }

    @Test
    void aServerThatWentBackIsRefusedAlsoWhenItHasGrownSince() throws IOException, InterruptedException {
        try (PostgresServer restored = PostgresServer.start()) {
            Pg database = new Pg(restored);
            database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
            FoldingSink sink = captured(database);
            restored.stop();
            Path data = restored.dataDirectory();
            Path folder = Files.createTempDirectory("metawal-pg-copy-");
            Path copy = folder.resolve("data");
            DataCopies.copy(data, copy);
            restored.restart();
            database.run(
                    "INSERT INTO t VALUES (1, 'lost')", "SELECT pg_switch_wal()", "INSERT INTO t VALUES (2, 'lost')");
            goOn(database, sink);
            restored.stop();
            DataCopies.copy(copy, data);
            restored.restart();
            try (CaptureThread capture = database.capture(sink)) {
                assertThat(capture.failure())
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessageContaining("went back: its log ends at");
            }
            restored.stop();
            DataCopies.copy(copy, data);
            Files.writeString(data.resolve("recovery.signal"), "");
            Files.writeString(data.resolve("postgresql.auto.conf"), "restore_command = 'false'\n");
            DataCopies.own(data);
            restored.restart();
            await(() -> database.value("SELECT pg_is_in_recovery()").equals("f"));
            database.run("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(10, 60000) n");
            try (CaptureThread capture = database.capture(sink)) {
                assertThat(capture.failure())
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessageContaining("its timeline 2 left timeline 1 at");
            }
            DataCopies.remove(folder);
        }
    }

    private static void await(java.util.function.BooleanSupplier until) throws InterruptedException {
        for (int i = 0; i < 3_000 && !until.getAsBoolean(); i++) {
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(until.getAsBoolean()).isTrue();
    }
}
