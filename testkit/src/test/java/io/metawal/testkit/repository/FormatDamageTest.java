package io.metawal.testkit.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentHeader;
import io.metawal.storage.format.SnapshotChunk;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.SealedJson;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The stored formats read back what was written, and find every flipped bit and every missing end. */
class FormatDamageTest {
    private final MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(3));

    /** Every byte flipped once, every shorter length, and some bytes too many. */
    private static void everyDamage(byte[] good, Consumer<byte[]> read) {
        read.accept(good);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << at % 8);
            refused("byte " + at + " flipped", () -> read.accept(bad));
        }
        for (int length = 0; length < good.length; length++) {
            byte[] bad = Arrays.copyOf(good, length);
            refused("cut to " + length, () -> read.accept(bad));
        }
        refused("longer", () -> read.accept(Arrays.copyOf(good, good.length + 8)));
    }

    private static void refused(String what, ThrowingCallable read) {
        assertThatThrownBy(read).as(what).isInstanceOf(MetawalException.class).hasMessageContaining("/");
    }

    @Test
    void aSegment() {
        SegmentName name = fixture.append(6).cut();
        everyDamage(store.read(name.key()), bytes -> {
            List<StampedCommit> found = new ArrayList<>();
            Segment.open(bytes, name.toString()).forEach(found::add);
            assertThat(found).hasSize(6);
            for (StampedCommit commit : found) {
                long seq = commit.record().seq();
                assertThat(commit.provenance()).isEqualTo(fixture.model().provenanceAt(seq));
                assertThat(commit.record().commit()).isEqualTo(fixture.model().commit(seq));
            }
        });
    }

    @Test
    void aSegmentOfManyBlocks() {
        fixture.append(4000);
        SegmentName name = fixture.cut();
        Segment segment = new Segments(store).open(name);
        assertThat(segment.blocks()).isGreaterThan(3);
        long[] seq = {0};
        segment.forEach(commit -> assertThat(commit.record().seq()).isEqualTo(++seq[0]));
        assertThat(seq[0]).isEqualTo(4000);
        for (long wanted = 1; wanted <= 4000; wanted += 37) {
            long sought = wanted;
            boolean[] found = {false};
            segment.forEach(
                    segment.blockOf(wanted),
                    commit -> found[0] |= commit.record().seq() == sought);
            assertThat(found[0]).as("seq %d in its block", wanted).isTrue();
        }
        Provenance end = fixture.model().provenanceAt(4000);
        assertThat(new Segments(store).end(name).at()).isEqualTo(end);
        SegmentHeader header = new Segments(store).header(name);
        assertThat(header.commits()).isEqualTo(4000);
        assertThat(header.lastEpoch()).isEqualTo(end.epoch());
        assertThat(header.hasGap()).isFalse();
    }

    @Test
    void aSegmentUnderAnothersName() {
        SegmentName first = fixture.append(2).cut();
        SegmentName other = new SegmentName(1, 3, 4, 1);
        store.replace(other.key(), store.read(first.key()));
        assertThatThrownBy(() -> new Segments(store).open(other))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(other + " holds what was written as " + first);
    }

    @Test
    void aChunk() {
        fixture.append(10).cut();
        SnapshotId id = fixture.snapshot(1000);
        ObjectKey key = id.chunkKey(0);
        SnapshotChunk.Place place = new SnapshotChunk.Place(1, 10, 1, 0);
        everyDamage(
                store.read(key),
                bytes -> assertThat(SnapshotChunk.entries(SnapshotChunk.decode(bytes, place, key.value())))
                        .containsExactlyElementsOf(fixture.model().entriesAt(10).values()));
        for (SnapshotChunk.Place wrong : List.of(
                new SnapshotChunk.Place(2, 10, 1, 0),
                new SnapshotChunk.Place(1, 11, 1, 0),
                new SnapshotChunk.Place(1, 10, 2, 0),
                new SnapshotChunk.Place(1, 10, 1, 1))) {
            refused(wrong.toString(), () -> SnapshotChunk.decode(store.read(key), wrong, key.value()));
        }
    }

    @Test
    void aSealedObject() {
        fixture.append(3).cut();
        ObjectKey key = Keys.head(1);
        everyDamage(
                store.read(key),
                bytes -> assertThat(SealedJson.read(key, bytes, Head.class).at())
                        .isEqualTo(fixture.model().provenanceAt(3)));
        refused("a copy", () -> SealedJson.read(Keys.head(2), store.read(key), Head.class));
    }
}
