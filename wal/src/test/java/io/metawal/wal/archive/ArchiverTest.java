package io.metawal.wal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.object.Fault;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.object.StoreCall.Kind;
import io.metawal.testkit.seed.Seeded;
import io.metawal.wal.memory.MemoryLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The archiver driven step by step: what it takes from the log is in the repository once, in order, whatever happens between. */
class ArchiverTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    private static final ArchivePolicy SMALL = new ArchivePolicy(600, Duration.ofSeconds(1));

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(CLOCK));
    private final Repository repository =
            Repository.init(store, "archiver", CLOCK.instant()).repository();
    private final Model model = new Model();
    private final List<Long> followers = new ArrayList<>();
    private @Nullable RuntimeException unreadable;
    private final List<RuntimeException> failing = new ArrayList<>();
    private Drafts drafts = new Drafts(Seeded.random(7));
    private MemoryLog log = new MemoryLog(Position.START, CLOCK, Long.MAX_VALUE);
    private long nanos;

    @BeforeEach
    void fresh() {
        drafts = new Drafts(Seeded.random(7));
    }

    private void append(int commits) {
        for (int n = 0; n < commits; n++) {
            append(drafts.next());
        }
    }

    private void append(CommitDraft draft) {
        long seq = log.append(draft).join().seq();
        try (var reader = log.read(seq)) {
            var record = reader.poll();
            assertThat(record).isNotNull();
            if (record != null) {
                model.add(record.commit());
            }
        }
    }

    private WriterRole take() {
        return WriterRole.take(repository, new WriterRole.Request("test", 1, ""), CLOCK);
    }

    private MemoryImage imageAt(long seq) {
        MemoryImage image = new MemoryImage();
        image.load(
                model.provenanceAt(seq), EntryIterator.of(model.entriesAt(seq).values()));
        return image;
    }

    private Archiver archiver(WriterRole role, MemoryImage image, ArchivePolicy policy) {
        ArchiveListener listener = new ArchiveListener() {
            @Override
            public void archived(EncodedSegment segment, long decodeNanos, Supplier<ImageView> view) {
                try (ImageView at = view.get()) {
                    assertThat(at.provenance()).isEqualTo(segment.end());
                }
            }

            @Override
            public void failing(RuntimeException cause) {
                failing.add(cause);
            }
        };
        return new Archiver(policy, log, image, role, this::followers, listener, () -> nanos);
    }

    private List<Long> followers() {
        if (unreadable != null) {
            throw unreadable;
        }
        return followers;
    }

    private static void flush(Archiver archiver) {
        CompletableFuture<Void> done = archiver.flush();
        for (int n = 0; !done.isDone() && n < 10_000; n++) {
            archiver.step();
        }
        done.join();
    }

    /** The archive is what the log was: each seq once, chained, with the model's digests. */
    private void checkArchive(long lastSeq) {
        History history = History.load(repository);
        Line line = history.line(1);
        assertThat(line.lastSeq()).isEqualTo(lastSeq);
        long[] seq = {0};
        Provenance[] before = {Provenance.START};
        Segments segments = new Segments(store);
        for (Line.Piece piece : line.pieces()) {
            assertThat(piece.segment().first()).isEqualTo(seq[0] + 1);
            segments.open(piece.segment()).forEach(stamped -> {
                seq[0]++;
                assertThat(stamped.record().follows(before[0].chain())).isTrue();
                assertThat(stamped.provenance()).isEqualTo(model.provenanceAt(seq[0]));
                before[0] = stamped.provenance();
            });
        }
        assertThat(seq[0]).isEqualTo(lastSeq);
        Head head = history.head(1).orElseThrow();
        assertThat(head.at()).isEqualTo(model.provenanceAt(lastSeq));
        assertThat(head.manifest()).isEqualTo(history.manifest().number());
    }

    @Test
    void segmentsAreCutByBytesAndByAge() {
        append(40);
        Archiver archiver = archiver(take(), imageAt(0), new ArchivePolicy(600, Duration.ofNanos(1000)));
        while (archiver.step() > 0) {
            assertThat(archiver.archivedSeq()).isLessThanOrEqualTo(40);
        }
        int byBytes = History.load(repository).segments(1).size();
        assertThat(byBytes).isGreaterThan(3);
        append(1);
        archiver.step();
        nanos += 999;
        archiver.step();
        long before = archiver.archivedSeq();
        assertThat(before).as("not old enough").isLessThan(41);
        nanos += 1;
        archiver.step();
        assertThat(archiver.archivedSeq()).isEqualTo(41);
        checkArchive(41);
    }

    @Test
    void aRestartAnywhereGoesOnWithTheSameImage() {
        Seeded.check(20, random -> {
            ArchiverTest run = new ArchiverTest();
            run.restartAnywhere(random);
        });
    }

    private void restartAnywhere(RandomGenerator random) {
        drafts = new Drafts(random);
        MemoryImage image = imageAt(0);
        for (int life = 0; life < 6; life++) {
            WriterRole role = take();
            long archived = role.term().from().seq();
            Archiver archiver = archiver(role, image, SMALL);
            for (int n = random.nextInt(5); n > 0; n--) {
                append(random.nextInt(12));
                archiver.step();
            }
            // The image is a cache of its own: ahead of the archive, at it, or behind it, as far as the log reaches
            // back.
            switch (random.nextInt(3)) {
                case 0 -> image = imageAt(History.load(repository).line(1).lastSeq());
                case 1 -> image = imageAt(Math.max(archived, log.firstSeq() - 1));
                default -> assertThat(image.provenance().seq()).isLessThanOrEqualTo(model.lastSeq());
            }
        }
        Archiver last = archiver(take(), image, SMALL);
        append(1);
        flush(last);
        checkArchive(model.lastSeq());
        assertThat(image.provenance()).isEqualTo(model.provenanceAt(model.lastSeq()));
        try (ImageView view = image.view();
                EntryIterator entries = view.entries()) {
            assertThat(entries)
                    .toIterable()
                    .containsExactlyElementsOf(model.entriesAt(model.lastSeq()).values());
        }
    }

    @Test
    void anImageAheadThatForgotItsDigestsIsRefused() {
        append(10);
        MemoryImage ahead = imageAt(10);
        Archiver archiver = archiver(take(), ahead, SMALL);
        assertThatThrownBy(archiver::step)
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("no longer knows its digest at seq 1");
    }

    @Test
    void theLogIsLetGoOfBehindTheArchiveAndTheSlowestFollower() {
        append(30);
        followers.addAll(List.of(12L, 20L));
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        flush(archiver);
        assertThat(log.firstSeq()).isEqualTo(13);
        followers.set(0, 1000L);
        append(1);
        flush(archiver);
        assertThat(log.firstSeq()).isEqualTo(21);
    }

    @Test
    void aStoreThatIsDownStopsReadingAndCostsNothingElse() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(100);
        store.switchOff();
        for (int n = 0; n < 20; n++) {
            assertThat(archiver.step()).as("taken in step " + n).isLessThan(100);
        }
        assertThat(failing).hasSizeGreaterThan(10);
        assertThat(archiver.archivedSeq()).isZero();
        assertThat(log.firstSeq()).isEqualTo(1);
        store.switchOn();
        flush(archiver);
        checkArchive(100);
    }

    @Test
    void anUnknownOutcomeIsFoundOutAndNothingIsWrittenTwice() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(20);
        for (int n = 0; n < 5; n++) {
            store.failAt(Kind.CREATE, 1 + n, Fault.SUCCEED_BUT_REPORT_FAILURE);
        }
        flush(archiver);
        checkArchive(20);
    }

    @Test
    void aGapIsToldBeforeTheCommitsBehindIt() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(5);
        append(new CommitDraft(
                CommitKind.BASE,
                2_000_000,
                CommitDraft.ABSENT,
                new CommitBody("", "base", ByteString.EMPTY, "was away", List.of())));
        append(3);
        // Every call in turn finds the store down: whoever looks between knows of the gap, or sees nothing behind it.
        for (int n = 0; n < 50; n++) {
            store.failAt(1, Fault.FAIL_BEFORE);
            CompletableFuture<Void> done = archiver.flush();
            archiver.step();
            store.heal();
            History history = History.load(repository);
            List<Gap> gaps = history.manifest().state().gaps();
            assertThat(history.line(1).lastSeq() <= 5 || gaps.size() == 1)
                    .as("gaps told: " + gaps + ", line to " + history.line(1).lastSeq())
                    .isTrue();
            if (done.isDone()) {
                break;
            }
        }
        flush(archiver);
        Gap gap = History.load(repository).manifest().state().gaps().get(0);
        assertThat(gap.afterSeq()).isEqualTo(5);
        assertThat(gap.epochAfter()).isEqualTo(2_000_000);
        assertThat(gap.reason()).isEqualTo("was away");
        checkArchive(9);
    }

    @Test
    void everyOneWhoAskedForAFlushIsAnswered() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(3);
        CompletableFuture<Void> first = archiver.flush();
        append(3);
        CompletableFuture<Void> second = archiver.flush();
        while (!second.isDone()) {
            archiver.step();
        }
        assertThat(first).isCompleted();
        checkArchive(6);
    }

    @Test
    void whatIsKnownOfAQuietSourceIsNotForgottenByTheNextWriter() {
        append(5);
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        flush(archiver);
        long time = model.commit(5).timeMicros() + 60_000_000;
        archiver.observe(5, 5_000_000, time);
        flush(archiver);
        assertThat(head().observedUntilMicros()).isEqualTo(time);
        assertThat(head().observedEpoch()).isEqualTo(5_000_000);

        WriterRole next = take();
        Archiver again = archiver(next, imageAt(5), SMALL);
        next.publish(Manifest.Edit.gap(new Gap(1, 2, 0, 0, 0, 0, "any edit")));
        again.step();
        flush(again);
        assertThat(head().term()).isEqualTo(2);
        assertThat(head().manifest()).isEqualTo(1);
        assertThat(head().observedUntilMicros()).isEqualTo(time);
        assertThat(head().observedEpoch()).isEqualTo(5_000_000);
    }

    private Head head() {
        return History.load(repository).head(1).orElseThrow();
    }

    @Test
    void anObservationCountsWhenTheCommitsBeforeItAreArchived() {
        Archiver archiver = archiver(take(), imageAt(0), new ArchivePolicy(1 << 20, Duration.ofHours(1)));
        append(5);
        long time = model.commit(5).timeMicros() + 60_000_000;
        archiver.observe(5, 9_000_000, time);
        archiver.step();
        assertThat(head().observedUntilMicros()).isLessThan(time);
        flush(archiver);
        assertThat(head().observedUntilMicros()).isEqualTo(time);
    }

    @Test
    void aFencedWriterSaysSoToAllWhoWait() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(5);
        CompletableFuture<Void> waiting = archiver.whenArchived(5);
        CompletableFuture<ImageView> view = archiver.view(99);
        CompletableFuture<Void> flushed = archiver.flush();
        WriterRole next = take();
        assertThatThrownBy(archiver::step)
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("term 2 was taken since by test");
        for (CompletableFuture<?> future : List.of(waiting, view, flushed, archiver.whenArchived(5))) {
            assertThatThrownBy(future::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(FencedException.class);
        }
        assertThat(next.term().from().seq()).isZero();
        assertThat(History.load(repository).line(1).lastSeq()).isZero();
        assertThat(log.firstSeq()).isEqualTo(1);
    }

    @Test
    void aStoreThatIsAnotherThanTheOneOfTheTermCountsForNothing() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(5);
        Map<ObjectKey, byte[]> there = new TreeMap<>();
        ObjectStores.all(repository.store(), "")
                .forEach(stat -> there.put(stat.key(), repository.store().read(stat.key())));
        there.keySet().forEach(repository.store()::delete);
        CompletableFuture<Void> flushed = archiver.flush();
        archiver.step();
        archiver.step();
        assertThat(archiver.archivedSeq()).isZero();
        assertThat(flushed).isNotDone();
        assertThat(failing.get(0)).hasMessageContaining("another directory is mounted there, or it was emptied");
        assertThat(log.firstSeq()).isEqualTo(1);
        there.forEach((key, bytes) -> ObjectStores.createOrConfirm(repository.store(), key, bytes));
        flush(archiver);
        assertThat(flushed).isCompleted();
        assertThat(History.load(repository).line(1).lastSeq()).isEqualTo(5);
    }

    @Test
    void whateverItDiesOfIsToldToAllWhoWait() {
        unreadable = new IllegalStateException("a cursor that cannot be read");
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(5);
        CompletableFuture<Void> waiting = archiver.whenArchived(5);
        CompletableFuture<Void> flushed = archiver.flush();
        CompletableFuture<ImageView> view = archiver.view(99);
        assertThatThrownBy(archiver::step).isInstanceOf(RuntimeException.class);
        for (CompletableFuture<?> future : List.of(flushed, view, archiver.whenArchived(9))) {
            assertThatThrownBy(future::join).isInstanceOf(CompletionException.class);
        }
        assertThat(waiting).isDone();
    }

    @Test
    void aViewHasWhatWasAskedFor() {
        append(5);
        Archiver archiver = archiver(take(), imageAt(0), new ArchivePolicy(1 << 20, Duration.ofHours(1)));
        CompletableFuture<ImageView> view = archiver.view(7);
        archiver.step();
        assertThat(view).isNotDone();
        append(2);
        archiver.step();
        try (ImageView seven = view.join()) {
            assertThat(seven.provenance()).isEqualTo(model.provenanceAt(7));
        }
    }
}
