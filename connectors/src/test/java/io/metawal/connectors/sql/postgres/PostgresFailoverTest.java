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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A primary server that dies, and its streaming standby that takes over. */
@Tag("server")
@Tag("process")
class PostgresFailoverTest {
    private static final String KEPT =
            "SELECT count(*) > 0 FROM pg_replication_slots WHERE synced AND NOT temporary AND failover";

    private PostgresServer primary;
    private PostgresServer standby;
    private Pg database;
    private final FoldingSink sink = new FoldingSink();

    @BeforeEach
    void start() {
        primary = PostgresServer.start();
        standby = PostgresServer.start();
        database = new Pg(primary);
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'before')");
    }

    @AfterEach
    void stop() {
        standby.close();
        primary.close();
    }

    private void capture(Pg from) throws InterruptedException {
        try (CaptureThread capture = from.capture(sink)) {
            from.awaitAll(sink, capture);
        }
        from.awaitSlotsAreFree();
    }

    private List<String> gaps() {
        return sink.commits().stream()
                .map(commit -> commit.body().gapReason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    /** The standby begins as a copy without slots, as pg_basebackup makes it, and follows from there. */
    private Pg follow(String... settings) throws IOException, InterruptedException {
        primary.stop();
        standby.stop();
        Path copy = standby.dataDirectory();
        run("rm", "-rf", copy.toString());
        run("cp", "-a", primary.dataDirectory().toString(), copy.toString());
        run("find", copy.resolve("pg_replslot").toString(), "-mindepth", "1", "-delete");
        String connect = "primary_conninfo = '" + primary.connectInfo(database.name()) + "'\n";
        Files.writeString(copy.resolve("postgresql.auto.conf"), connect + String.join("\n", settings) + "\n");
        Files.writeString(copy.resolve("standby.signal"), "");
        run("chown", "-R", "--reference=" + copy, copy.toString());
        primary.restart();
        standby.restart();
        return new Pg(standby, database.name());
    }

    private void awaitReplay(Pg there) throws InterruptedException {
        String end = database.value("SELECT pg_current_wal_flush_lsn()");
        await(there, "SELECT pg_last_wal_replay_lsn() >= '" + end + "'::pg_lsn");
    }

    private static void await(Pg there, String condition) throws InterruptedException {
        for (int i = 0; i < 6_000 && !there.value(condition).equals("t"); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(there.value(condition)).as(condition).isEqualTo("t");
    }

    private static void promote(Pg there) {
        assertThat(there.value("SELECT pg_promote()")).isEqualTo("t");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void aStandbyWithoutTheSlotIsAGapWithANewBase() throws IOException, InterruptedException {
        capture(database);
        Pg there = follow();
        database.run("INSERT INTO t VALUES (2, 'captured')");
        capture(database);
        try (CaptureThread capture = there.capture(sink)) {
            database.run("INSERT INTO t VALUES (3, 'nobody captured it')");
            awaitReplay(there);
            capture.check();
        }
        assertThat(gaps()).as("a standby is waited for").isEmpty();
        primary.kill();
        promote(there);
        there.run("INSERT INTO t VALUES (4, 'after')");
        capture(there);
        there.assertSame(sink);
        assertThat(gaps()).singleElement().asString().contains("is gone");
    }

    @Test
    void aStandbyThatKeepsTheSlotGoesOnWithoutAGap() throws IOException, InterruptedException {
        capture(database);
        database.run("SELECT pg_create_physical_replication_slot('standby', true)");
        Pg there = follow("primary_slot_name = 'standby'", "hot_standby_feedback = on", "sync_replication_slots = on");
        int transactions = 1;
        try (CaptureThread capture = database.capture(sink)) {
            // A slot is kept by the standby once it has moved past what the standby may have forgotten.
            while (!there.value(KEPT).equals("t") && transactions < 100) {
                database.run(
                        "INSERT INTO t VALUES (" + ++transactions + ", 'captured')",
                        "SELECT pg_log_standby_snapshot()");
                TimeUnit.MILLISECONDS.sleep(300);
            }
            assertThat(there.value(KEPT)).as(standby.log()).isEqualTo("t");
            database.awaitAll(sink, capture);
        }
        database.run("INSERT INTO t VALUES (1001, 'captured only from the standby')");
        awaitReplay(there);
        primary.kill();
        promote(there);
        there.run("INSERT INTO t VALUES (1002, 'after')");
        capture(there);
        there.assertSame(sink);
        assertThat(gaps()).isEmpty();
        assertThat(sink.commits().stream()
                        .filter(commit -> !commit.body().changes().isEmpty()))
                .as("the base and each transaction")
                .hasSize(transactions + 2);
    }

    @Test
    void aStandbyThatLacksWhatWasCapturedIsRefused() throws IOException, InterruptedException {
        capture(database);
        Pg there = follow();
        awaitReplay(there);
        standby.stop();
        database.run("INSERT INTO t VALUES (2, 'captured, and lost')");
        capture(database);
        primary.kill();
        standby.restart();
        promote(there);
        there.run("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(10, 3000) n");
        try (CaptureThread capture = there.capture(sink)) {
            assertThat(capture.failure())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("its timeline 2 left timeline 1 at");
        }
        assertThat(gaps()).isEmpty();
    }
}
