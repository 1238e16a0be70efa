package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.point.RefParser;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that is complete and sealed can be restored where the log of its commit is missing or damaged. */
class SealedPointsTest {
    @TempDir
    Path scratch;

    private final MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(5));

    private void restores(String ref, long seq) {
        assertThat(Restored.from(History.load(fixture.repository()), ref, scratch))
                .as(ref)
                .isEqualTo(fixture.model().entriesAt(seq));
    }

    private ResolvedPoint resolve(String ref) {
        return new RefResolver(History.load(fixture.repository()), RepositoryFixture.CLOCK.instant())
                .resolve(RefParser.parse(ref));
    }

    @Test
    void withoutAnySegment() {
        ObjectKey first = fixture.append(8).cut().key();
        SnapshotId id = fixture.snapshot(4);
        ObjectKey second = fixture.append(3).cut().key();
        assertThat(resolve("snap:" + id).evidence()).isEqualTo(ResolvedPoint.Evidence.LOG);
        store.delete(first);
        store.delete(second);
        assertThat(resolve("snap:" + id).evidence()).isEqualTo(ResolvedPoint.Evidence.SNAPSHOT);
        restores("snap:" + id, 8);
        restores("seq:8", 8);
        Window window = Window.of(History.load(fixture.repository()), 1);
        assertThat(Objects.requireNonNull(window.from()).seq()).isEqualTo(8);
        assertThat(Objects.requireNonNull(window.to()).seq()).isEqualTo(8);
        for (String ref : new String[] {"latest", "seq:7", "seq:11"}) {
            assertThatThrownBy(() -> restores(ref, 1)).as(ref).isInstanceOf(GapException.class);
        }
        assertThatThrownBy(() -> restores("latest", 1)).hasMessageContaining("the nearest that can is seq:8");
    }

    @Test
    void withADamagedSegment() {
        ObjectKey damaged = fixture.append(8).cut().key();
        SnapshotId id = fixture.snapshot(4);
        fixture.append(3).cut();
        byte[] bytes = store.read(damaged);
        bytes[bytes.length / 2] ^= 1;
        store.replace(damaged, bytes);
        restores("snap:" + id, 8);
        restores("latest", 11);
        assertThatThrownBy(() -> restores("seq:7", 7))
                .isInstanceOf(MetawalException.class)
                .hasMessageContaining(damaged.value());
    }

    @Test
    void inAHoleOfTheLog() {
        fixture.append(5).cut();
        ObjectKey lost = fixture.append(5).cut().key();
        SnapshotId id = fixture.snapshot(100);
        ObjectKey alsoLost = fixture.append(5).cut().key();
        fixture.append(5).cut();
        store.delete(lost);
        store.delete(alsoLost);
        restores("snap:" + id, 10);
        assertThatThrownBy(() -> restores("seq:12", 12))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("the nearest point is seq:10");
    }

    /** The source never looked like that. */
    @Test
    void notInsideABase() {
        fixture.append(5).cut();
        fixture.appendBasePiece(CommitKind.BASE_PART, true, "");
        ObjectKey lost = fixture.cut().key();
        SnapshotId id = fixture.snapshot(4);
        fixture.appendBasePiece(CommitKind.BASE, false, "");
        ObjectKey alsoLost = fixture.cut().key();
        store.delete(lost);
        store.delete(alsoLost);
        assertThatThrownBy(() -> restores("snap:" + id, 6)).isInstanceOf(GapException.class);
    }

    @Test
    void aDamagedOneSaysSo() {
        ObjectKey first = fixture.append(8).cut().key();
        SnapshotId id = fixture.snapshot(4);
        store.delete(first);
        byte[] bytes = store.read(id.chunkKey(1));
        bytes[bytes.length / 2] ^= 1;
        store.replace(id.chunkKey(1), bytes);
        assertThatThrownBy(() -> restores("snap:" + id, 8))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("is missing or damaged, and so is its snapshot")
                .hasMessageContaining(id.chunkKey(1).value());
    }
}
