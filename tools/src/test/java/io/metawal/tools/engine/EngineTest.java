package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Compared;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.seed.Seeded;
import io.metawal.wal.LogFullException;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.chronicle.LostCommitsException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts put together: stores that are down, hot logs that were damaged, lost or left behind, sources that changed. */
class EngineTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final long OBSERVED = 1;

    @TempDir
    Path directory;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(CLOCK));
    private final Repository repository =
            Repository.init(store, "test", CLOCK.instant()).repository();
    private @Nullable Integer timeline;
    private final Drafts drafts = new Drafts(Seeded.random(5));

    private EngineConfig config(long logBytesMax, String source) {
        return new EngineConfig(
                directory.resolve("wal"),
                timeline,
                source,
                "test",
                new ArchivePolicy(8 << 10, Duration.ofMillis(20)),
                SnapshotPolicy.DEFAULT,
                logBytesMax);
    }

    private Engine open() {
        return Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, ""), CLOCK);
    }

    private CommitHeader append(Engine engine, int commits) {
        CompletableFuture<CommitHeader> last = engine.append(drafts.next());
        for (int n = 1; n < commits; n++) {
            last = engine.append(drafts.next());
        }
        return last.join();
    }

    private Provenance archived() {
        return History.load(repository).newestHead().orElseThrow().at();
    }

    @Test
    void aStoreThatIsDownCostsNothingButLag() {
        try (Engine engine = open()) {
            append(engine, 50);
            engine.flush(OBSERVED);
            store.switchOff();
            assertThat(append(engine, 500).seq()).isEqualTo(550);
            assertThat(engine.flush(OBSERVED)).as("commits not archived").isPositive();
            assertThat(engine.archive().failure()).isNotNull();
            store.switchOn();
            assertThat(engine.flush(OBSERVED)).isZero();
            assertThat(archived().seq()).isEqualTo(550);
        }
    }

    @Test
    void theImageIsThereWhileTheStoreIsDown() throws Exception {
        try (Engine engine = open()) {
            EngineSink sink = new EngineSink(engine);
            store.switchOff();
            CommitHeader last = append(engine, 500);
            CompletableFuture<Long> seq = CompletableFuture.supplyAsync(() -> {
                try (ImageView image = Interruptible.run("asking for the image", sink::image)) {
                    return image.provenance().seq();
                }
            });
            assertThat(seq.get(10, TimeUnit.SECONDS)).isEqualTo(last.seq());
            store.switchOn();
            engine.flush(OBSERVED);
        }
        assertThat(archived().seq()).isEqualTo(500);
    }

    /** What was observed is in the store's time already. */
    @Test
    void whatWasObservedCountsAtTheStopOfAMachineThatIsAhead() throws Exception {
        InstantSource ahead = () -> CLOCK.instant().plus(Duration.ofHours(1));
        long before = Timestamps.micros(CLOCK.instant());
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, ""), ahead)) {
            EngineSink sink = new EngineSink(engine);
            store.switchOff();
            CommitDraft draft = drafts.next();
            sink.commit(draft.with(CommitClocks.of(draft.epoch(), Timestamps.micros(ahead.instant()))))
                    .join();
            sink.observed(900, Timestamps.micros(ahead.instant()));
            store.switchOn();
            assertThat(engine.flushObserved()).isZero();
        }
        assertThat(History.load(repository).newestHead().orElseThrow())
                .satisfies(head -> assertThat(head.observedUntilMicros()).isGreaterThan(before))
                .satisfies(head -> assertThat(head.observedEpoch()).isEqualTo(900));
    }

    /** A question of before is none of after, though the clock says so. */
    @Test
    void aClockThatWasSetBackDoesNotLetAComparisonBeginTooEarly() throws Exception {
        AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);
        InstantSource machine = () -> CLOCK.instant().plus(set.get());
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, ""), machine)) {
            EngineSink sink = new EngineSink(engine);
            CapturedLog captured = new CapturedLog(sink, Duration.ofMillis(300));
            sink.observed(1, Timestamps.micros(machine.instant()));
            set.set(Duration.ofSeconds(-30));
            assertThat(captured.catchUp()).as("nothing was asked since").isFalse();
            set.set(Duration.ZERO);
            long asked = Timestamps.micros(machine.instant());
            set.set(Duration.ofMillis(-200));
            CompletableFuture<Boolean> caughtUp = catchUp(captured);
            while (!caughtUp.isDone()) {
                sink.observed(2, asked);
                LockSupport.parkNanos(5_000_000);
            }
            assertThat(caughtUp.get(10, TimeUnit.SECONDS))
                    .as("the answer to a question of before")
                    .isFalse();
        }
    }

    private static CompletableFuture<Boolean> catchUp(CapturedLog captured) {
        return CompletableFuture.supplyAsync(() -> Interruptible.run("waiting for the capture", captured::catchUp));
    }

    @Test
    void whatWasNotArchivedIsArchivedByTheNext() {
        try (Engine engine = open()) {
            append(engine, 20);
            engine.flush(OBSERVED);
            store.switchOff();
            append(engine, 300);
        }
        store.switchOn();
        try (Engine engine = open()) {
            assertThat(engine.log().head().seq()).isEqualTo(320);
            assertThat(engine.flush(OBSERVED)).isZero();
        }
        assertThat(archived().seq()).isEqualTo(320);
    }

    @Test
    void aFullLogTakesNothingUntilItIsTrimmed() {
        try (Engine engine = Engine.open(repository, config(200_000, ""), CLOCK)) {
            append(engine, 10);
            engine.flush(OBSERVED);
            store.switchOff();
            assertThatThrownBy(() -> append(engine, 100_000))
                    .isInstanceOf(LogFullException.class)
                    .hasMessageContaining("at most 200000");
            long head = engine.log().head().seq();
            store.switchOn();
            engine.flush(OBSERVED);
            assertThat(archived().seq()).isGreaterThanOrEqualTo(head);
        }
    }

    /** What a comparison found, and when one last agreed, is in the repository and not in the process. */
    @Test
    void whatComparisonsFoundIsKnownAfterARestart() throws Exception {
        SourceDifference found = new SourceDifference(3, new SourceDifference.Agreed(1, 1), "kv//a");
        try (Engine engine = open()) {
            EngineSink sink = new EngineSink(engine);
            CommitDraft draft = drafts.next();
            sink.commit(draft).join();
            CommitBody body = draft.body();
            CommitHeader base = sink.commit(new CommitDraft(
                            CommitKind.BASE,
                            draft.epoch(),
                            CommitDraft.ABSENT,
                            new CommitBody("", body.origin(), body.sourcePosition(), found.toString(), body.changes())))
                    .join();
            assertThat(base.seq()).isEqualTo(2);
            engine.flush(OBSERVED);
        }
        try (Engine engine = open()) {
            EngineSink sink = new EngineSink(engine);
            assertThat(sink.differences()).isEqualTo(3);
            sink.compared(new SourceDifference.Agreed(2, 20));
            assertThat(sink.differences()).isZero();
            engine.flush(OBSERVED);
            assertThat(History.load(repository).newestHead().orElseThrow().compared())
                    .extracting(Compared::seq, Compared::epoch)
                    .containsExactly(2L, 20L);
        }
        try (Engine engine = open()) {
            assertThat(new EngineSink(engine).differences()).isZero();
            assertThat(engine.lastCompared()).isEqualTo(new SourceDifference.Agreed(2, 20));
        }
    }

    /** Of commits that are not archived, the head says nothing. */
    @Test
    void aComparisonOfWhatIsNotArchivedIsToldLater() {
        try (Engine engine = open()) {
            EngineSink sink = new EngineSink(engine);
            append(engine, 5);
            engine.flush(OBSERVED);
            store.switchOff();
            append(engine, 5);
            sink.compared(new SourceDifference.Agreed(8, 80));
            assertThat(engine.lastCompared().seq()).isEqualTo(8);
            assertThat(engine.flush(OBSERVED)).isPositive();
            store.switchOn();
            assertThat(History.load(repository).newestHead().orElseThrow().compared())
                    .isNull();
            engine.flush(OBSERVED);
            assertThat(History.load(repository).newestHead().orElseThrow().compared())
                    .isNotNull();
        }
    }

    @Test
    void aSecondWriterOnTheSameMachineIsTurnedAway() {
        try (Engine engine = open()) {
            append(engine, 1);
            assertThatThrownBy(this::open).isInstanceOf(BusyException.class).hasMessageContaining("wal");
        }
    }

    @Test
    void aDamagedLogIsHealedFromTheArchiveThatHasItAll() throws IOException {
        CommitHeader last;
        try (Engine engine = open()) {
            last = append(engine, 200);
            engine.flush(OBSERVED);
        }
        damageLog();
        try (Engine engine = open()) {
            assertThat(engine.log().head().seq()).isEqualTo(last.seq());
            assertThat(append(engine, 10).seq()).isEqualTo(last.seq() + 10);
            engine.flush(OBSERVED);
        }
        assertThat(Files.exists(directory.resolve("wal/log/damaged-1"))).isTrue();
        assertThat(archived().seq()).isEqualTo(last.seq() + 10);
    }

    @Test
    void aDamagedLogThatHadMoreThanTheArchiveIsAnErrorThatNamesIt() throws IOException {
        try (Engine engine = open()) {
            append(engine, 50);
            engine.flush(OBSERVED);
            store.switchOff();
            append(engine, 100);
        }
        store.switchOn();
        damageLog();
        assertThatThrownBy(this::open)
                .isInstanceOf(LostCommitsException.class)
                .hasMessageContaining("to 150, which it had acknowledged");
    }

    /** Zeroes each of the log's files after its first pages. */
    private void damageLog() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("wal/log/queue"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".cq4")).toList()) {
                try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
                    for (long at = 0; at < Math.min(raw.length(), 4L << 20); at += 4096) {
                        raw.seek(at);
                        raw.write(new byte[2048]);
                    }
                }
            }
        }
    }

    @Test
    void anImageThatIsGoneOrDamagedIsBuiltAgain() throws IOException {
        Provenance before;
        try (Engine engine = open()) {
            append(engine, 200);
            engine.snapshot("the test asks");
            append(engine, 100);
            engine.flush(OBSERVED);
            before = archived();
        }
        Path image = directory.resolve("wal/image");
        try (Stream<Path> files = Files.list(image)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file)) {
                    Files.write(file, new byte[] {1, 2, 3});
                }
            }
        }
        try (Engine engine = open()) {
            try (var view = engine.archiver().view(before.seq()).join()) {
                assertThat(view.provenance()).isEqualTo(before);
            }
            append(engine, 5);
            engine.flush(OBSERVED);
        }
        assertThat(archived().seq()).isEqualTo(before.seq() + 5);
    }

    @Test
    void anotherMachineGoesOnFromTheArchiveAlone() throws IOException {
        try (Engine engine = open()) {
            append(engine, 100);
            engine.flush(OBSERVED);
        }
        Files.move(directory.resolve("wal"), directory.resolve("the-old-machine"));
        try (Engine engine = open()) {
            assertThat(append(engine, 1).seq()).isEqualTo(101);
            engine.flush(OBSERVED);
        }
        Files.move(directory.resolve("wal"), directory.resolve("the-new-machine"));
        Files.move(directory.resolve("the-old-machine"), directory.resolve("wal"));
        try (Engine engine = open()) {
            assertThat(engine.log().head().seq())
                    .as("the old machine's log was left behind")
                    .isEqualTo(101);
        }
    }

    /** The old machine acknowledged two commits that it did not archive; the new one went on from before them. */
    private void bothMachinesWentOn(String source) throws IOException {
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, source), CLOCK)) {
            append(engine, 10);
            engine.flush(OBSERVED);
            store.switchOff();
            append(engine, 2);
        }
        store.switchOn();
        Files.move(directory.resolve("wal"), directory.resolve("the-old-machine"));
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, source), CLOCK)) {
            append(engine, 10);
            engine.flush(OBSERVED);
        }
        Files.move(directory.resolve("wal"), directory.resolve("the-new-machine"));
        Files.move(directory.resolve("the-old-machine"), directory.resolve("wal"));
    }

    @Test
    void aLogThatIsBehindAndHasWhatNobodyElseHasIsNotPutAside() throws IOException {
        bothMachinesWentOn("");
        assertThatThrownBy(this::open)
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("up to seq 12")
                .hasMessageContaining("move its directory away");
        assertThat(directory.resolve("wal/log/damaged-1")).doesNotExist();
        assertThat(History.load(repository).terms().terms()).hasSize(2);
    }

    @Test
    void norIsADamagedOne() throws IOException {
        bothMachinesWentOn("");
        damageLog();
        assertThatThrownBy(this::open).isInstanceOf(MismatchException.class);
        assertThat(directory.resolve("wal/log/damaged-1")).doesNotExist();
    }

    @Test
    void whatBeginsAfterALogThatWasCapturedAgainIsAnotherLog() throws IOException {
        bothMachinesWentOn("cluster");
        String before = HotLogId.read(directory.resolve("wal"));
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, "cluster"), CLOCK)) {
            assertThat(engine.log().head().seq()).isEqualTo(20);
            assertThat(engine.role().term().log()).isNotEmpty().isNotEqualTo(before);
        }
        assertThat(directory.resolve("wal/log/damaged-1")).exists();
    }

    @Test
    void whatBeginsWhereALogWasMovedAwayIsAnotherLog() throws IOException {
        try (Engine engine = open()) {
            append(engine, 3);
            engine.flush(OBSERVED);
        }
        String before = HotLogId.read(directory.resolve("wal"));
        Files.move(directory.resolve("wal/log"), directory.resolve("log-aside"));
        try (Engine engine = open()) {
            assertThat(engine.role().term().log()).isNotEmpty().isNotEqualTo(before);
        }
    }

    @Test
    void aLogThatIsHealedFromTheArchiveIsTheSame() throws IOException {
        try (Engine engine = open()) {
            append(engine, 20);
            engine.flush(OBSERVED);
        }
        String before = HotLogId.read(directory.resolve("wal"));
        damageLog();
        try (Engine engine = open()) {
            assertThat(engine.role().term().log()).isNotEmpty().isEqualTo(before);
        }
    }

    @Test
    void aTermSaysHowOftenItsWriterGivesASign() {
        try (Engine engine = open()) {
            assertThat(engine.role().term().heartbeatMicros()).isEqualTo(2_000_000);
            assertThat(engine.role().term().segmentAgeMicros()).isEqualTo(20_000);
        }
    }

    @Test
    void aNewTimelineIsTakenUpWhereItIsNamedOnceTheOldOneIsArchived() {
        try (Engine engine = open()) {
            append(engine, 30);
            engine.flush(OBSERVED);
        }
        Forks.fork(repository, 1, 10, "test", "", CLOCK.instant());
        try (Engine engine = open()) {
            assertThat(append(engine, 1).timeline()).as("unasked").isEqualTo(1);
            engine.flush(OBSERVED);
        }
        timeline = 2;
        try (Engine engine = open()) {
            assertThat(append(engine, 5).seq()).isEqualTo(15);
            engine.flush(OBSERVED);
        }
        assertThat(archived().timeline()).isEqualTo(2);
        assertThat(archived().seq()).isEqualTo(15);
    }

    @Test
    void anotherSourceIsRefused() {
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, "cluster-a"), CLOCK)) {
            append(engine, 3);
            engine.flush(OBSERVED);
        }
        assertThatThrownBy(() -> Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, "cluster-b"), CLOCK))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("cluster-a")
                .hasMessageContaining("cluster-b");
        Forks.fork(repository, 1, 2, "restored into b", "cluster-b", CLOCK.instant());
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, "cluster-b"), CLOCK)) {
            assertThat(append(engine, 1).seq()).isEqualTo(3);
            engine.flush(OBSERVED);
        }
        try (Engine engine = Engine.open(repository, config(EngineConfig.LOG_BYTES_MAX, "cluster-a"), CLOCK)) {
            assertThat(engine.log().head().timeline()).isEqualTo(1);
            assertThat(append(engine, 1).seq()).isEqualTo(4);
        }
    }
}
