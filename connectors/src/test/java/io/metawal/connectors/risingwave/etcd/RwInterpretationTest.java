package io.metawal.connectors.risingwave.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.capture.LookAgainException;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.ChangeLogDelta;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.simulated.MemoryMetaStore;
import io.metawal.connectors.risingwave.simulated.MetaTransaction;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.object.MemoryObjectStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
        private boolean told = true;

        @Override
        public boolean canFind(HummockParameters parameters) {
            return told || parameters.known();
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
        EntrySource base = interpretation.base(EntrySource.of(all), revision);
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
    void aChangeLogIsTruncatedAsV20DoesIt() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version().toBuilder()
                .putTableChangeLogs(7, log(5, 6).build())
                .build();
        base();
        long before = checkpoints.version.getId();
        HummockVersionDelta delta = HummockVersionDelta.newBuilder()
                .setId(before + 1)
                .setPrevId(before)
                .setMaxCommittedEpoch(checkpoints.version.getMaxCommittedEpoch())
                .putChangeLogDelta(
                        7, ChangeLogDelta.newBuilder().setTruncateEpoch(5).build())
                .build();
        ByteString key = RwKeys.encode(EntryKey.of("hummock.delta", Long.toString(delta.getId())))
                .orElseThrow();
        var unused = take(Change.put(new EntryKey(EntryMapping.KV, key), delta.toByteString()));
        assertThat(version().getId()).isEqualTo(delta.getId());
        assertThat(version().getTableChangeLogsOrThrow(7))
                .as("retain(last > truncate_epoch)")
                .isEqualTo(log(6).build());
    }

    private static TableChangeLog.Builder log(long... epochs) {
        TableChangeLog.Builder log = TableChangeLog.newBuilder();
        for (long epoch : epochs) {
            log.addChangeLogs(EpochNewChangeLog.newBuilder().addEpochs(epoch));
        }
        return log;
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

    @Test
    void whereOnlyTheRowsTellOfTheCheckpointTheyAreReadTwiceWithoutAWarning() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        checkpoints.told = false;
        assertThatThrownBy(this::base).isInstanceOf(LookAgainException.class).hasMessageContaining("read again");
        base();
        assertThat(version()).isEqualTo(cluster.version());
    }

    /** A row of a delta that changes nothing but the id. */
    private List<Change> takeDelta(long id, long previous, HummockVersion like) {
        HummockVersionDelta delta = HummockVersionDelta.newBuilder()
                .setId(id)
                .setPrevId(previous)
                .setMaxCommittedEpoch(like.getMaxCommittedEpoch())
                .setSafeEpoch(like.getSafeEpoch())
                .build();
        ByteString key =
                RwKeys.encode(EntryKey.of("hummock.delta", Long.toString(id))).orElseThrow();
        return take(Change.put(new EntryKey(EntryMapping.KV, key), delta.toByteString()));
    }

    private List<Change> take(Change change) {
        List<Change> meant = interpretation.take(List.of(change), ++revision);
        apply(meant);
        return meant;
    }

    private void captured(int epochs) throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        for (int n = 0; n < epochs; n++) {
            cluster.commitEpoch();
        }
    }

    @Test
    void aMetaStoreThatWasPutBackIsNoticedAtItsFirstDelta() throws InterruptedException {
        captured(2);
        HummockVersion earlier = cluster.version();
        cluster.commitEpoch();
        cluster.commitEpoch();
        HummockVersion newest = cluster.version();
        checkpoints.version = newest;
        assertThat(interpretation.gap()).isEmpty();

        takeDelta(earlier.getId() + 1, earlier.getId(), earlier);
        assertThat(unapplied()).as("kept, not dropped").isEqualTo(1);
        assertThat(interpretation.gap())
                .contains("is not known")
                .contains("delta " + (earlier.getId() + 1))
                .contains("put back");
        assertThat(interpretation.gauges()).containsEntry("hummock_unapplied_deltas", 1.0);

        now = now.plusSeconds(10);
        checkpoints.version = earlier;
        takeDelta(earlier.getId() + 2, earlier.getId() + 1, earlier);
        assertThat(unapplied()).isZero();
        assertThat(version().getId()).isEqualTo(earlier.getId() + 2);
        assertThat(version())
                .isEqualTo(earlier.toBuilder().setId(earlier.getId() + 2).build());
        assertThat(interpretation.gap()).contains("goes on from the checkpoint of version " + earlier.getId());
        assertThat(interpretation.gauges()).containsEntry("hummock_unapplied_deltas", 0.0);
        takeDelta(earlier.getId() + 3, earlier.getId() + 2, earlier);
        assertThat(interpretation.gap()).isEmpty();
    }

    @Test
    void theSameRowOnceMoreChangesNothing() throws InterruptedException {
        captured(1);
        long id = cluster.version().getId();
        takeDelta(id + 1, id, cluster.version());
        takeDelta(id + 2, id + 1, cluster.version());
        assertThat(takeDelta(id + 1, id, cluster.version()))
                .extracting(Change::entryKey)
                .containsOnly(EntryKey.of("system.store", "revision"));
        assertThat(unapplied()).isZero();
        takeDelta(id + 1, id - 1, cluster.version());
        assertThat(interpretation.gap()).as("of other bytes").contains("put back");
    }

    @Test
    void whatFollowsADeltaOutOfOrderIsKeptToo() throws InterruptedException {
        captured(1);
        takeDelta(1_000_000, 5, cluster.version());
        assertThat(unapplied()).isEqualTo(1);
        cluster.commitEpoch();
        cluster.commitEpoch();
        assertThat(unapplied()).as("real deltas are not dropped").isEqualTo(3);
        now = now.plusSeconds(10);
        checkpoints.version = cluster.version();
        cluster.commitEpoch();
        assertThat(unapplied()).isZero();
        assertThat(version()).isEqualTo(cluster.version());
    }

    @Test
    void aRestoreIntoTheCapturedStoreMakesItsVersionUnknownUntilItIsDone() throws InterruptedException {
        captured(1);
        HummockVersion earlier = cluster.version();
        cluster.commitEpoch();
        EntryKey marker = new EntryKey(EntryMapping.KV, ByteString.copyFromUtf8("\0metawal-restore"));
        checkpoints.version = earlier;
        take(Change.put(marker, ByteString.copyFromUtf8("{}")));
        assertThat(interpretation.gap()).contains("restore");
        take(Change.put(marker, ByteString.copyFromUtf8("{ }")));
        assertThat(interpretation.gap()).as("told once").isEmpty();
        assertThat(image).containsKey(RwSpaces.VERSION_STALE);
        take(Change.delete(marker));
        assertThat(image).doesNotContainKey(RwSpaces.VERSION_STALE);
        assertThat(version()).isEqualTo(earlier);
        assertThat(interpretation.gap()).contains("goes on from the checkpoint of version " + earlier.getId());
    }

    @Test
    void anImageWhoseVersionCannotBeTheMetaNodesIsFound() throws InterruptedException {
        captured(3);
        assertThat(contradictions()).isEmpty();
        HummockVersion earlier = checkpoints.version;
        cluster.checkpoint();
        assertThat(contradictions())
                .singleElement()
                .asString()
                .contains("version is " + cluster.version().getId())
                .contains("checkpoint is of version " + earlier.getId());
        checkpoints.version = cluster.version();
        assertThat(contradictions()).isEmpty();
        cluster.commitEpoch();
        image.put(RwSpaces.LAST_DELTA, new Entry(RwSpaces.LAST_DELTA, ByteString.EMPTY, ByteString.EMPTY));
        assertThat(contradictions()).singleElement().asString().contains("of other bytes");
        capturing = false;
        cluster.commitEpoch();
        assertThat(contradictions())
                .singleElement()
                .asString()
                .contains("newest version delta in etcd is " + cluster.version().getId());
    }

    private List<String> contradictions() throws InterruptedException {
        Iterator<Entry> all = rows.rows().entrySet().stream()
                .map(row -> new Entry(new EntryKey(EntryMapping.KV, row.getKey()), row.getValue(), ByteString.EMPTY))
                .iterator();
        return interpretation.comparable(EntrySource.of(all), new View(image)).contradictions();
    }

    /** An image at rest. */
    private record View(TreeMap<EntryKey, Entry> image) implements ImageView {
        @Override
        public Provenance provenance() {
            return Provenance.START;
        }

        @Override
        public @Nullable Entry find(EntryKey key) {
            return image.get(key);
        }

        @Override
        public EntryIterator entries() {
            return EntryIterator.of(image.values());
        }

        @Override
        public void close() {}
    }
}
