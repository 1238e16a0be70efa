package io.metawal.wal.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.MetadataLogContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleLogTest extends MetadataLogContract {
    private static final long ROLL_BYTES = 8 << 10;

    @TempDir
    Path directory;

    private final AtomicInteger opened = new AtomicInteger();

    @Override
    protected MetadataLog open(Position start, long bytesMax) {
        return ChronicleLog.open(config(directory.resolve("log-" + opened.incrementAndGet()))
                .with(new ChronicleLogConfig.Limits(ROLL_BYTES, bytesMax, 0, 16 << 10)));
    }

    private static ChronicleLogConfig config(Path directory) {
        return config(directory, Position.START);
    }

    private static ChronicleLogConfig config(Path directory, Position start) {
        return ChronicleLogConfig.of(directory, "cluster-1", start, InstantSource.system())
                .with(new ChronicleLogConfig.Limits(ROLL_BYTES, Long.MAX_VALUE, 0, 64 << 20));
    }

    @Override
    @Test
    protected void itGoesOnFromWhereItWasToldTo() {
        Position start = new Position(3, 41, 7, 900, io.metawal.metadata.commit.Chain.GENESIS);
        try (ChronicleLog log = ChronicleLog.open(config(directory, start))) {
            assertThat(log.firstSeq()).isEqualTo(42);
            log.append(draft(10)).join();
            assertThat(readAll(log, start)).hasSize(1);
        }
    }

    private static CommitDraft draft(int bytes) {
        return CommitDraft.of(
                CommitDraft.ABSENT,
                CommitDraft.ABSENT,
                CommitBody.of(
                        "",
                        "test",
                        List.of(Change.put(EntryKey.of("test", "k"), ByteString.copyFrom(new byte[bytes])))));
    }

    private static Position append(ChronicleLog log, int commits) {
        List<CompletableFuture<CommitHeader>> futures = new ArrayList<>();
        for (int n = 0; n < commits; n++) {
            futures.add(log.append(draft(100 + n % 400)));
        }
        futures.forEach(CompletableFuture::join);
        return log.head();
    }

    @Test
    void whatWasAcknowledgedIsThereAfterManyOpenings() {
        long seq = 0;
        for (int round = 0; round < 5; round++) {
            try (ChronicleLog log = ChronicleLog.open(config(directory))) {
                assertThat(log.head().seq()).isEqualTo(seq);
                seq = append(log, 100).seq();
                assertThat(readAll(log, Position.START)).hasSize((int) seq);
            }
        }
    }

    @Test
    void trimmingForgetsWholeFilesAndSurvivesReopening() {
        Position at;
        long first;
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            at = append(log, 500);
            log.trimBefore(300);
            first = log.firstSeq();
            assertThat(first).isGreaterThan(200).isLessThanOrEqualTo(300);
            log.trimBefore(10);
            assertThat(log.firstSeq()).isEqualTo(first);
        }
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            assertThat(log.firstSeq()).isEqualTo(first);
            assertThat(log.head()).isEqualTo(at);
            log.trimBefore(Long.MAX_VALUE);
            append(log, 50);
            log.trimBefore(Long.MAX_VALUE);
            assertThat(log.head().seq()).isEqualTo(550);
        }
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            assertThat(log.head().seq()).isEqualTo(550);
        }
    }

    @Tag("slow")
    @Test
    void commitsLargerThanABlockAndOfAMillionChanges() {
        List<Change> many = new ArrayList<>();
        for (int n = 0; n < 1_000_000; n++) {
            many.add(Change.put(EntryKey.of("test", "key-" + n), ByteString.EMPTY));
        }
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            log.append(draft(64 << 20)).join();
            log.append(CommitDraft.of(1, 1, CommitBody.of("", "test", many))).join();
            log.append(draft(10)).join();
        }
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            List<CommitRecord> records = readAll(log, Position.START);
            assertThat(records).hasSize(3);
            assertThat(records.get(0).payloadLength()).isGreaterThan(64 << 20);
            assertThat(records.get(1).changeCount()).isEqualTo(1_000_000);
        }
    }

    @Test
    void oneProcessOneOpening() {
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            append(log, 1);
            assertThatThrownBy(() -> ChronicleLog.open(config(directory)))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining(directory.toString());
        }
        ChronicleLog.open(config(directory)).close();
    }

    @Test
    void anotherClustersLogIsRefused() {
        ChronicleLog.open(config(directory)).close();
        ChronicleLogConfig other =
                ChronicleLogConfig.of(directory, "cluster-2", Position.START, InstantSource.system());
        assertThatThrownBy(() -> ChronicleLog.open(other))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.CONFLICT))
                .hasMessageContaining("cluster-1")
                .hasMessageContaining("cluster-2");
    }

    @Test
    void manyWritersShareOneForce() throws InterruptedException {
        AtomicInteger forces = new AtomicInteger();
        Forcer slow = (file, channel) -> {
            forces.incrementAndGet();
            LockSupport.parkNanos(1_000_000L);
            channel.force(false);
        };
        int writers = 64;
        int each = 20;
        try (ChronicleLog log = ChronicleLog.open(config(directory).with(slow))) {
            List<Thread> threads = new ArrayList<>();
            forces.set(0);
            for (int w = 0; w < writers; w++) {
                Thread thread = new Thread(() -> {
                    for (int n = 0; n < each; n++) {
                        log.append(draft(50)).join();
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(log.head().seq()).isEqualTo((long) writers * each);
            assertThat(forces.get()).as("of data and note").isLessThan(writers * each / 4);
        }
    }

    @Test
    void nothingIsAcknowledgedBeforeItWasForced() {
        AtomicInteger forces = new AtomicInteger();
        Forcer counting = (file, channel) -> {
            channel.force(false);
            forces.incrementAndGet();
        };
        try (ChronicleLog log = ChronicleLog.open(config(directory).with(counting))) {
            for (int n = 0; n < 20; n++) {
                int before = forces.get();
                log.append(draft(100)).join();
                assertThat(forces.get()).as("data, then note").isGreaterThanOrEqualTo(before + 2);
            }
        }
    }

    @Test
    void aFailedForceEndsTheLogUntilItIsOpenedAnew() {
        AtomicInteger calls = new AtomicInteger();
        Forcer failing = (file, channel) -> {
            if (calls.incrementAndGet() > 9) {
                throw new IOException("the disk is gone");
            }
            channel.force(false);
        };
        long acked = 0;
        try (ChronicleLog log = ChronicleLog.open(config(directory).with(failing))) {
            for (int n = 0; n < 20; n++) {
                try {
                    acked = log.append(draft(100)).join().seq();
                } catch (CompletionException | MetawalException e) {
                    assertThat(e.getMessage()).contains("the disk is gone").contains("after seq " + acked);
                }
            }
            assertThat(log.head().seq()).isEqualTo(acked);
        }
        assertThat(acked).isPositive().isLessThan(20);
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            assertThat(log.head().seq()).isGreaterThanOrEqualTo(acked);
            append(log, 5);
            readAll(log, Position.START);
        }
    }

    @Test
    void resetPutsTheFilesAsideAndGoesOnElsewhere() {
        Position at;
        try (ChronicleLog log = ChronicleLog.open(config(directory))) {
            at = append(log, 50);
        }
        Position elsewhere = new Position(2, 20, at.epoch(), at.timeMicros(), at.chain());
        try (ChronicleLog log = ChronicleLog.reset(config(directory, elsewhere))) {
            assertThat(log.head()).isEqualTo(elsewhere);
            assertThat(append(log, 3).seq()).isEqualTo(23);
        }
        assertThat(directory.resolve("damaged-1/queue")).isDirectory();
    }
}
