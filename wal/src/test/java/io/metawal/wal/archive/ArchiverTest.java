package io.metawal.wal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.seed.Seeded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The archiver driven step by step: what it takes from the log is in the repository once, in order, whatever happens between. */
class ArchiverTest extends ArchiverFixture {
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
