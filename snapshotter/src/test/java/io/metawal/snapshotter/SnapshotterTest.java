package io.metawal.snapshotter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SnapshotChunk;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.object.Fault;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.object.StoreCall.Kind;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Snapshots as they are taken, tried again, and deleted. */
class SnapshotterTest {
    private static final SnapshotPolicy EVERY_HUNDRED_BYTES =
            new SnapshotPolicy(100, Duration.ofDays(1), Duration.ofDays(1));

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(RepositoryFixture.CLOCK));
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(41));
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    private Snapshotter snapshotter() {
        return new Snapshotter(
                EVERY_HUNDRED_BYTES,
                fixture.role(),
                tasks::add,
                RepositoryFixture.CLOCK,
                RepositoryFixture.CLOCK.instant());
    }

    private List<SnapshotId> ids() {
        return SnapshotCatalogue.ids(History.load(fixture.repository()));
    }

    private ImageView view() {
        MemoryImage image = new MemoryImage();
        long seq = fixture.model().lastSeq();
        image.load(
                fixture.model().provenanceAt(seq),
                EntryIterator.of(fixture.model().entriesAt(seq).values()));
        return image.view();
    }

    private List<Entry> stored(SnapshotManifest snapshot) {
        List<Entry> entries = new ArrayList<>();
        SnapshotId id = snapshot.id();
        for (SnapshotManifest.Chunk chunk : snapshot.chunks()) {
            ObjectKey key = id.chunkKey(chunk.number());
            SnapshotChunk.Place place = new SnapshotChunk.Place(id.timeline(), id.seq(), id.term(), chunk.number());
            List<Entry> these = SnapshotChunk.entries(SnapshotChunk.decode(store.read(key), place, key.value()));
            assertThat(these).hasSize((int) chunk.entries());
            entries.addAll(these);
        }
        return entries;
    }

    @Test
    void aLargeImageIsWrittenAsItStoodWhileItGoesOn() {
        MemoryImage image = new MemoryImage();
        List<Commit> commits = new ArrayList<>();
        Position at = Position.START;
        for (int n = 0; n < 200; n++) {
            List<Change> changes = new ArrayList<>();
            for (int key = 0; key < 100; key++) {
                changes.add(Change.put(EntryKey.of("kv", n + "/" + key), ByteString.copyFromUtf8("value " + n)));
            }
            var record = Histories.record(at, CommitDraft.of(n, n, CommitBody.of("", "test", changes)));
            at = Position.of(record);
            commits.add(record.commit());
        }
        commits.subList(0, 150).forEach(image::apply);
        ImageView view = image.view();
        commits.subList(150, 200).forEach(image::apply);
        SnapshotManifest snapshot = new SnapshotEmitter(fixture.repository(), 10_000).emit(view, 1, 7);
        assertThat(snapshot.at()).isEqualTo(view.provenance());
        assertThat(snapshot.at().seq()).isEqualTo(150);
        assertThat(snapshot.chunks()).hasSizeGreaterThan(10);
        try (EntryIterator entries = view.entries()) {
            assertThat(entries).toIterable().containsExactlyElementsOf(stored(snapshot));
        }
    }

    @Test
    void anEmptyImageIsASnapshotWithoutChunks() {
        SnapshotManifest snapshot = new SnapshotEmitter(fixture.repository()).emit(new MemoryImage().view(), 1, 7);
        assertThat(snapshot.chunks()).isEmpty();
        assertThat(snapshot.at()).isEqualTo(Provenance.START);
    }

    @Test
    void anImageWhoseEntriesAreNotItsDigestsIsNotPublished() {
        fixture.append(10);
        ImageView good = view();
        ImageView wrong = new ImageView() {
            @Override
            public Provenance provenance() {
                return good.provenance();
            }

            @Override
            public @org.jspecify.annotations.Nullable Entry find(EntryKey key) {
                return good.find(key);
            }

            @Override
            public EntryIterator entries() {
                EntryIterator entries = good.entries();
                entries.next();
                return entries;
            }

            @Override
            public void close() {}
        };
        SnapshotEmitter emitter = new SnapshotEmitter(fixture.repository());
        assertThatThrownBy(() -> emitter.emit(wrong, 1, 7))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("it is not published");
        assertThat(store.stat(new SnapshotId(1, 10, 1).manifestKey())).isNull();
    }

    @Test
    void oneIsTakenWhenItIsDueAndOneAtATime() {
        Snapshotter snapshotter = snapshotter();
        fixture.append(10).cut();
        snapshotter.archived(5, 99, 1, this::view);
        assertThat(tasks).isEmpty();
        snapshotter.archived(5, 1, 1, this::view);
        assertThat(tasks).hasSize(1);
        snapshotter.archived(5, 1000, 1, this::view);
        assertThat(tasks).as("one is being taken").hasSize(1);
        tasks.remove().run();
        assertThat(ids()).containsExactly(new SnapshotId(1, 10, 1));
        fixture.append(1).cut();
        snapshotter.archived(1, 0, 1, this::view);
        assertThat(tasks).as("what came meanwhile counts").hasSize(1);
    }

    @Test
    void oneThatFailedIsTriedAgainWithTheNextSegment() {
        Snapshotter snapshotter = snapshotter();
        fixture.append(10).cut();
        snapshotter.archived(10, 100, 1, this::view);
        store.failAt(Kind.CREATE, 1, Fault.FAIL_BEFORE);
        tasks.remove().run();
        assertThat(ids()).isEmpty();
        fixture.append(1).cut();
        snapshotter.archived(1, 1, 1, this::view);
        tasks.remove().run();
        assertThat(ids()).containsExactly(new SnapshotId(1, 11, 1));
    }

    @Test
    void theSameCommitIsTriedAgainAfterEveryFailure() {
        fixture.append(30).cut();
        for (Fault fault : List.of(Fault.FAIL_BEFORE, Fault.SUCCEED_BUT_REPORT_FAILURE)) {
            for (int nth = 1; nth <= 8; nth++) {
                store.failAt(nth, fault);
                Snapshotter snapshotter = snapshotter();
                try (ImageView view = view()) {
                    var taken = snapshotter.take(view, "test");
                    tasks.remove().run();
                    if (taken.isCompletedExceptionally()) {
                        assertThatThrownBy(taken::join)
                                .isInstanceOf(CompletionException.class)
                                .hasCauseInstanceOf(MetawalException.class);
                    }
                }
                store.heal();
            }
        }
        var taken = snapshotter().take(view(), "test");
        tasks.remove().run();
        assertThat(taken.join().id()).isEqualTo(new SnapshotId(1, 30, 1));
        assertThat(ids()).containsExactly(new SnapshotId(1, 30, 1));
    }

    @Test
    void twoAreKeptWhateverHappens() {
        SnapshotId first = snapshotAfter(5);
        SnapshotId second = snapshotAfter(5);
        refused(first, "only 2 are left, and 2 are always kept");
        snapshotAfter(5);
        SnapshotCatalogue.checkDeletable(History.load(fixture.repository()), first);
        SnapshotCatalogue.delete(fixture.role(), first);
        assertThat(ids()).doesNotContain(first).hasSize(2);
        assertThat(ObjectStores.all(store, first.prefix())).isEmpty();
        refused(second, "only 2 are left");
        assertThatThrownBy(() -> SnapshotCatalogue.checkDeletable(History.load(fixture.repository()), first))
                .isInstanceOf(PointNotFoundException.class)
                .hasMessageContaining(second.toString());
    }

    private SnapshotId snapshotAfter(int commits) {
        fixture.append(commits).cut();
        return fixture.snapshot(3);
    }

    private void refused(SnapshotId id, String because) {
        History history = History.load(fixture.repository());
        assertThatThrownBy(() -> SnapshotCatalogue.checkDeletable(history, id))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.CONFLICT))
                .hasMessageContaining(because);
    }

    @Test
    void theBaseOfTheWindowIsKept() {
        fixture.append(3).cut();
        SnapshotId useless = fixture.snapshot(3);
        ObjectKey lost = fixture.append(3).cut().key();
        SnapshotId base = snapshotAfter(3);
        SnapshotId newer = snapshotAfter(3);
        snapshotAfter(3);
        store.delete(lost);
        // One that lies before the hole cannot stand in for it.
        refused(base, "it is the base of the window");
        History history = History.load(fixture.repository());
        SnapshotCatalogue.checkDeletable(history, newer);
        SnapshotCatalogue.checkDeletable(history, useless);
    }

    @Test
    void aDeleteThatWasInterruptedLeavesNothingThatCounts() {
        SnapshotId first = snapshotAfter(5);
        snapshotAfter(5);
        snapshotAfter(5);
        store.failAt(Kind.DELETE, 1, Fault.FAIL_BEFORE);
        assertThatThrownBy(() -> SnapshotCatalogue.delete(fixture.role(), first))
                .isInstanceOf(UnreachableException.class);
        assertThat(ids()).doesNotContain(first);
        SnapshotCatalogue.delete(fixture.role(), first);
        assertThat(ObjectStores.all(store, first.prefix())).isEmpty();
    }
}
