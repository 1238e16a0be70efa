package io.metawal.bench;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.chronicle.ChronicleLog;
import io.metawal.wal.chronicle.ChronicleLogConfig;
import io.metawal.wal.chronicle.Forcer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Commits of one change with a value of 1 KiB, into a fresh hot log each time. */
final class LogAppends {
    static final int VALUE_BYTES = 1024;

    private static final List<CommitDraft> DRAFTS = drafts();

    private final Setting setting;
    private final ChronicleLogConfig.Durability durability;
    private final Forcer forcer;

    LogAppends(Setting setting, ChronicleLogConfig.Durability durability, Forcer forcer) {
        this.setting = setting;
        this.durability = durability;
        this.forcer = forcer;
    }

    private static List<CommitDraft> drafts() {
        Random random = new Random(7);
        List<CommitDraft> drafts = new ArrayList<>();
        for (int n = 0; n < 1024; n++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            Change put = Change.put(EntryKey.of("catalog.table", String.format("%08d", n)), ByteString.copyFrom(value));
            drafts.add(CommitDraft.of(
                    CommitDraft.ABSENT, CommitDraft.ABSENT, CommitBody.of("root", "append", List.of(put))));
        }
        return drafts;
    }

    static CommitDraft draft(int n) {
        return DRAFTS.get(n % DRAFTS.size());
    }

    /** What the log stores of one such commit. */
    static byte[] record() {
        CommitRecord record = CommitRecord.write(Position.START.next(1, 1), CommitKind.DATA, draft(0).body());
        return record.array();
    }

    /** One thread offers commit after commit and waits for the last to be acknowledged. */
    Contender streamed(String name, int appends) {
        return Contender.of(name, () -> inFreshLog(log -> stream(log, appends)));
    }

    static void stream(MetadataLog log, int appends) {
        CompletableFuture<CommitHeader> last = CompletableFuture.completedFuture(null);
        for (int n = 0; n < appends; n++) {
            last = log.append(draft(n));
        }
        last.join();
    }

    /** Threads that each wait for the acknowledgement before they offer their next commit. */
    Contender waiting(String name, int writers, int appends) {
        return Contender.of(
                name,
                () -> inFreshLog(log ->
                        Writers.run(writers, appends, n -> log.append(draft(n)).join())));
    }

    /** Work on an open log. */
    private interface OnLog {
        void run(ChronicleLog log) throws Exception;
    }

    private long inFreshLog(OnLog work) throws Exception {
        Path directory = setting.fresh("log");
        try (ChronicleLog log =
                ChronicleLog.open(ChronicleLogConfig.of(directory, "bench", Position.START, InstantSource.system())
                        .with(durability)
                        .with(forcer))) {
            // The log makes its first file with the first append.
            log.append(draft(0)).join();
            long start = System.nanoTime();
            work.run(log);
            return System.nanoTime() - start;
        } finally {
            Setting.remove(directory);
        }
    }
}
