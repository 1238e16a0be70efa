package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.EtcdTarget;
import io.metawal.connectors.etcd.Interpretation;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.fold.DeltaFold;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * RisingWave's meta store on etcd. Rows become entries of their kind; version deltas become changes of the keyed Hummock version. A version
 * begins at the checkpoint in the object store: it is read before the revision of a base is chosen, so that it is never newer. That the meta
 * node deletes deltas which a checkpoint covers changes no state.
 */
public final class RwInterpretation implements Interpretation {
    private static final ByteString STORE = ByteString.copyFromUtf8("{\"model\":\"etcd\"}");

    private final DeltaFold deltas;
    private final VersionCheck versionCheck;

    public RwInterpretation(HummockVersions versions, InstantSource clock) {
        this.deltas = new DeltaFold(versions, clock, "etcd");
        var unused = deltas.dialect(HummockDialect.ON_ETCD);
        this.versionCheck = new VersionCheck(versions);
    }

    @Override
    public String origin() {
        return "risingwave-etcd";
    }

    @Override
    public void resume(ImageView image) {
        deltas.resume(image);
        try (EntryIterator entries = image.entries()) {
            entries.forEachRemaining(entry -> remember(entry.entryKey(), entry.value()));
        }
    }

    /** Where the checkpoints are is told by some of the rows; that a restore is under way here, by another. */
    private void remember(EntryKey key, ByteString value) {
        if (isMarker(key)) {
            var unused = deltas.restored(DeltaFold.RestoreSeen.UNDER_WAY);
        }
        if (key.space().equals(RwModel.SYSTEM_PARAMETER.space())) {
            deltas.parameter(key.key().toStringUtf8(), value.toStringUtf8());
        }
    }

    private static boolean isMarker(EntryKey key) {
        return key.space().equals(RwSpaces.RAW) && EtcdTarget.marks(key.key());
    }

    @Override
    public void beforeBase() {
        deltas.beforeBase();
    }

    @Override
    public EntrySource base(EntrySource keys, long revision) throws InterruptedException {
        RwRows rows = RwRows.read(keys);
        rows.entries().forEach(row -> remember(row.entryKey(), row.value()));
        List<Entry> entries = new ArrayList<>(rows.entries());
        deltas.base(rows.deltas(), entries::add);
        entries.add(new Entry(RwSpaces.STORE, STORE, ByteString.EMPTY));
        entries.add(new Entry(RwSpaces.REVISION, number(revision), ByteString.EMPTY));
        return RwRows.sorted(entries);
    }

    @Override
    public boolean owns(EntryKey key) {
        return true;
    }

    @Override
    public List<Change> take(List<Change> changes, long revision) {
        List<Change> meant = new ArrayList<>();
        SortedMap<Long, ByteString> added = new TreeMap<>();
        for (Change change : changes) {
            EntryKey key = RwKeys.decode(change.entryKey().key());
            if (isMarker(key)) {
                meant.addAll(deltas.restored(
                        change.op() == Op.PUT ? DeltaFold.RestoreSeen.UNDER_WAY : DeltaFold.RestoreSeen.DONE));
            }
            if (!RwRows.isDelta(key)) {
                meant.add(new Change(key, change.op(), change.value(), ByteString.EMPTY));
                if (!isMarker(key)) {
                    remember(key, change.value());
                }
            } else if (change.op() == Op.PUT) {
                added.put(RwRows.id(key), change.value());
            } else {
                deltas.deltasDeleted();
            }
        }
        meant.addAll(deltas.take(added));
        meant.add(Change.put(RwSpaces.REVISION, number(revision)));
        return meant;
    }

    @Override
    public long epoch(long revision) {
        return deltas.committedEpoch();
    }

    @Override
    public String gap() {
        return deltas.gap();
    }

    @Override
    public Map<String, Double> gauges() {
        return deltas.gauges();
    }

    @Override
    public Told comparable(EntrySource keys, ImageView image) throws InterruptedException {
        RwRows rows = RwRows.read(keys);
        return new Told(RwRows.sorted(rows.entries()), versionCheck.contradictions(rows, image));
    }

    @Override
    public boolean comparable(EntryKey key) {
        return !key.space().equals(RwSpaces.UNAPPLIED) && RwKeys.encode(key).isPresent();
    }

    @Override
    public long revision(ImageView image) {
        Entry at = image.find(RwSpaces.REVISION);
        return at == null ? 0 : Long.parseLong(at.value().toStringUtf8());
    }

    private static ByteString number(long number) {
        return ByteString.copyFromUtf8(Long.toString(number));
    }
}
