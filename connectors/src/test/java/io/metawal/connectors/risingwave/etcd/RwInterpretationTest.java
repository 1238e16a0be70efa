package io.metawal.connectors.risingwave.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.MemoryMetaStore;
import io.metawal.connectors.risingwave.simulated.MetaTransaction;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.storage.object.MemoryObjectStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A delta that does not fit: kept as it is, nothing guessed, and the version goes on from the next checkpoint that covers it. */
class RwInterpretationTest {
    private static final ByteString DELTAS = ByteString.copyFromUtf8("cf/hummock_1/");

    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource clock = () -> now;
    private final MemoryMetaStore rows = new MemoryMetaStore();
    private final SimulatedRisingWave cluster =
            new SimulatedRisingWave(SimulationSettings.of(3, "2.0.1"), this::committed, new MemoryObjectStore(clock));
    private final Checkpoints checkpoints = new Checkpoints();
    private final RwInterpretation interpretation = new RwInterpretation(checkpoints, clock);
    private final TreeMap<EntryKey, Entry> image = new TreeMap<>();
    private boolean capturing;
    private boolean breakNext;
    private long revision = 1;

    /** What the object store would say. */
    private static final class Checkpoints implements HummockVersions {
        private HummockVersion version = HummockVersion.getDefaultInstance();

        @Override
        public boolean canFind(HummockParameters parameters) {
            return true;
        }

        @Override
        public HummockVersion checkpoint(HummockParameters parameters) {
            return version;
        }
    }

    private void committed(MetaTransaction transaction) {
        rows.commit(transaction);
        revision++;
        if (!capturing) {
            return;
        }
        List<Change> changes = new ArrayList<>();
        transaction.deletes().forEach(key -> changes.add(Change.delete(new EntryKey(EntryMapping.KV, key))));
        transaction
                .puts()
                .forEach((key, value) -> changes.add(Change.put(
                        new EntryKey(EntryMapping.KV, key), key.startsWith(DELTAS) ? broken(value) : value)));
        apply(interpretation.take(changes, revision));
    }

    /** Removes an SST that was never there, once it is asked to. */
    private ByteString broken(ByteString delta) {
        if (!breakNext) {
            return delta;
        }
        breakNext = false;
        try {
            HummockVersionDelta whole = HummockVersionDelta.parseFrom(delta);
            return whole.toBuilder()
                    .setPrevId(whole.getPrevId() + 1_000)
                    .build()
                    .toByteString();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change.op() == Op.DELETE) {
                image.remove(change.entryKey());
            } else {
                image.put(change.entryKey(), Entry.of(change));
            }
        }
    }

    private void base() throws InterruptedException {
        Iterator<Entry> all = rows.rows().entrySet().stream()
                .map(row -> new Entry(new EntryKey(EntryMapping.KV, row.getKey()), row.getValue(), ByteString.EMPTY))
                .iterator();
        interpretation.beforeBase();
        EntrySource base = interpretation.base(() -> all.hasNext() ? all.next() : null, revision);
        for (Entry entry = base.next(); entry != null; entry = base.next()) {
            image.put(entry.entryKey(), entry);
        }
        capturing = true;
    }

    private HummockVersion version() {
        VersionAssembler version = new VersionAssembler();
        image.values().forEach(version::add);
        return version.assemble();
    }

    private long unapplied() {
        return image.keySet().stream()
                .filter(key -> key.space().name().equals("hummock.unapplied"))
                .count();
    }

    @Test
    void fromTheFirstOnThatDoesNotFitDeltasAreKeptUntilACheckpointCoversThem() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        cluster.commitEpoch();
        assertThat(version()).isEqualTo(cluster.version());
        HummockVersion lastKnown = cluster.version();

        breakNext = true;
        cluster.commitEpoch();
        assertThat(unapplied()).isEqualTo(1);
        cluster.commitEpoch();
        assertThat(unapplied()).isEqualTo(2);
        assertThat(version()).as("nothing is guessed").isEqualTo(lastKnown);

        // An older checkpoint helps nothing; nor does a newer one that was looked for a moment ago.
        now = now.plusSeconds(10);
        cluster.commitEpoch();
        assertThat(unapplied()).isEqualTo(3);
        checkpoints.version = cluster.version();
        cluster.commitEpoch();
        assertThat(unapplied()).isEqualTo(4);

        now = now.plusSeconds(10);
        cluster.commitEpoch();
        assertThat(unapplied()).isZero();
        assertThat(version()).isEqualTo(cluster.version());
        cluster.commitEpoch();
        assertThat(version()).isEqualTo(cluster.version());
    }

    @Test
    void aCheckpointThatTheDeltasDoNotMeetIsReadAgain() throws InterruptedException {
        cluster.bootstrap();
        HummockVersion old = cluster.version();
        cluster.commitEpoch();
        cluster.commitEpoch();
        checkpoints.version = old;
        cluster.checkpoint();
        cluster.commitEpoch();
        assertThatThrownBy(this::base)
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("version " + old.getId())
                .hasMessageContaining("read again");
        checkpoints.version = cluster.version();
        base();
        assertThat(version()).isEqualTo(cluster.version());
    }
}
