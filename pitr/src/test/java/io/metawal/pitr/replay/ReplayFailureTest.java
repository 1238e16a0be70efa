package io.metawal.pitr.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.Restored;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay that meets damage in the middle of its work says what it met, and leaves nothing on disk. */
class ReplayFailureTest {
    private static final int SEGMENTS = 30;

    @TempDir
    Path scratch;

    private final MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(11));

    private void damage(ObjectKey key) {
        byte[] bytes = store.read(key);
        bytes[bytes.length / 2] ^= 1;
        store.replace(key, bytes);
    }

    @Test
    void damageInTheLogIsToldWhileOtherThreadsPutRunsAside() {
        List<ObjectKey> segments = new ArrayList<>();
        for (int n = 0; n < SEGMENTS; n++) {
            segments.add(fixture.append(3).cut().key());
        }
        damage(segments.get(SEGMENTS / 2));
        History history = History.load(fixture.repository());
        for (int n = 0; n < Seeded.scaled(30); n++) {
            assertThatThrownBy(() -> Restored.from(history, RefParser.parse("latest"), new ReplayLimits(3, 1, scratch)))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(segments.get(SEGMENTS / 2).value());
            assertThat(scratch).as("after %d failures", n + 1).isEmptyDirectory();
        }
    }

    @Test
    void aDamagedBaseIsPassedOverForAnOlderOne() {
        fixture.append(20).cut();
        SnapshotId first = fixture.snapshot(3);
        fixture.append(20).cut();
        SnapshotId second = fixture.snapshot(3);
        fixture.append(20).cut();
        for (SnapshotId id : List.of(second, first)) {
            damage(id.chunkKey(2));
            assertThat(Restored.from(
                            History.load(fixture.repository()),
                            RefParser.parse("latest"),
                            new ReplayLimits(2, 1, scratch)))
                    .isEqualTo(fixture.model().entriesAt(60));
            assertThat(scratch).isEmptyDirectory();
        }
    }
}
