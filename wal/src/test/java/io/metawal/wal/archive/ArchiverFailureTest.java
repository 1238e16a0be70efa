package io.metawal.wal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.object.Fault;
import io.metawal.testkit.object.StoreCall.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What goes wrong under an archiver: the store, another writer, itself. Nothing is lost, and all who wait are told. */
class ArchiverFailureTest extends ArchiverFixture {
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

    /** Whoever compares the image with its source does not wait for the store. */
    @Test
    void anImageThatIsAskedForDoesNotWaitForTheStore() {
        Archiver archiver = archiver(take(), imageAt(0), SMALL);
        append(100);
        store.switchOff();
        archiver.step();
        for (long seq : List.of(40L, 100L)) {
            CompletableFuture<ImageView> asked = archiver.view(seq);
            for (int n = 0; n < 3; n++) {
                archiver.step();
            }
            assertThat(asked).as("seq " + seq).isCompleted();
            try (ImageView view = asked.join()) {
                assertThat(view.provenance())
                        .isEqualTo(model.provenanceAt(view.provenance().seq()));
                assertThat(view.provenance().seq()).isGreaterThanOrEqualTo(seq);
            }
        }
        assertThat(archiver.archivedSeq()).isZero();
        append(10);
        store.switchOn();
        flush(archiver);
        checkArchive(110);
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
}
