package io.metawal.testkit.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.FencedException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.object.Fault;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.object.StoreCall.Kind;
import io.metawal.testkit.seed.Seeded;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The manifest as a fold over edits, of which only those of writers with a say count. */
class ManifestTest {
    /** The first call of a publication lists terms, the second creates the edit. */
    private static final int TAKEN_BEFORE_CALL = 2;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(RepositoryFixture.CLOCK));
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(1));

    private static Gap gap(long afterSeq) {
        return new Gap(1, afterSeq, 0, 0, 0, 0, "test");
    }

    private Manifest.State state() {
        return History.load(fixture.repository()).manifest().state();
    }

    @Test
    void foldsLikeASetWithOrWithoutWhatAFullCopyStandsFor() {
        Seeded.check(3, random -> {
            FaultyObjectStore fresh = new FaultyObjectStore(new MemoryObjectStore(RepositoryFixture.CLOCK));
            RepositoryFixture written = new RepositoryFixture(fresh, random);
            TreeSet<String> snapshots = new TreeSet<>();
            TreeMap<Long, Gap> gaps = new TreeMap<>();
            for (int n = 1; n <= 70; n++) {
                SnapshotId id = new SnapshotId(1, random.nextInt(8), 1);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        written.role().publish(Manifest.Edit.added(id));
                        snapshots.add(id.toString());
                    }
                    case 1 -> {
                        written.role().publish(Manifest.Edit.removed(id));
                        snapshots.remove(id.toString());
                    }
                    default -> {
                        Gap gap = gap(random.nextInt(10));
                        written.role().publish(Manifest.Edit.gap(gap));
                        gaps.put(gap.afterSeq(), gap);
                    }
                }
                if (random.nextInt(10) == 0) {
                    written.reopen();
                }
            }
            Manifest.State expected = new Manifest.State(
                    snapshots.stream().toList(), gaps.values().stream().toList(), List.of());
            assertThat(History.load(written.repository()).manifest().state()).isEqualTo(expected);
            for (int n = 1; n < 64; n++) {
                fresh.delete(Keys.manifest(n));
            }
            assertThat(History.load(written.repository()).manifest().state()).isEqualTo(expected);
            assertThat(History.load(written.repository()).manifest().number()).isEqualTo(70);
            fresh.delete(Keys.manifest(64));
            assertThatThrownBy(() -> History.load(written.repository()))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(Keys.manifest(1) + " is missing");
        });
    }

    @Test
    void anEditWhoseOutcomeIsUnknownIsTriedAgain() {
        WriterRole role = fixture.role();
        store.failAt(Kind.CREATE, 1, Fault.SUCCEED_BUT_REPORT_FAILURE);
        role.publish(Manifest.Edit.gap(gap(1)));
        store.failAt(Kind.CREATE, 1, Fault.FAIL_BEFORE);
        assertThatThrownBy(() -> role.publish(Manifest.Edit.gap(gap(2)))).hasMessageContaining("did not answer");
        role.publish(Manifest.Edit.gap(gap(2)));
        store.failAt(Kind.REPLACE, 1, Fault.FAIL_BEFORE);
        role.publish(Manifest.Edit.gap(gap(3)));
        assertThat(state().gaps()).containsExactly(gap(1), gap(2), gap(3));
        assertThat(role.manifest()).isEqualTo(state());
    }

    @Test
    void whatAFencedWriterWritesDoesNotCount() {
        WriterRole old = fixture.role();
        old.publish(Manifest.Edit.gap(gap(1)));
        WriterRole[] next = {null};
        // The old writer has just looked for newer terms when the next one takes the role.
        int[] calls = {0};
        TurnTakingStore between = new TurnTakingStore(store, () -> {
            calls[0]++;
            if (calls[0] == TAKEN_BEFORE_CALL) {
                next[0] = WriterRole.take(
                        fixture.repository(), new WriterRole.Request("next", 1, ""), RepositoryFixture.CLOCK);
            }
        });
        WriterRole slow = WriterRole.take(
                Repository.open(between), new WriterRole.Request("slow", 1, ""), RepositoryFixture.CLOCK);
        calls[0] = 0;
        assertThatThrownBy(() -> slow.publish(Manifest.Edit.gap(gap(2)))).isInstanceOf(FencedException.class);
        assertThat(store.stat(Keys.manifest(2))).as("it was written").isNotNull();
        assertThat(state().gaps()).containsExactly(gap(1));
        next[0].publish(Manifest.Edit.gap(gap(3)));
        assertThat(state().gaps()).containsExactly(gap(1), gap(3));
        assertThatThrownBy(() -> old.publish(Manifest.Edit.gap(gap(4)))).isInstanceOf(FencedException.class);
    }
}
