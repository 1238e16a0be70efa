package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.Interpretation;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RisingWave's meta store on etcd. Rows become entries of their kind; version deltas become changes of the keyed Hummock version. A version
 * begins at the checkpoint in the object store: it is read before the revision of a base is chosen, so that it is never newer. That the meta
 * node deletes deltas which a checkpoint covers changes no state.
 */
public final class RwInterpretation implements Interpretation {
    private static final Logger LOG = LoggerFactory.getLogger(RwInterpretation.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final ByteString STORE = ByteString.copyFromUtf8("{\"model\":\"etcd\"}");

    private final HummockVersions versions;
    private final InstantSource clock;
    private final Map<String, String> parameters = new HashMap<>();
    private @Nullable HummockVersion checkpoint;
    private @Nullable FoldedVersion folded;
    private long epoch;
    private Instant lookedAt = Instant.EPOCH;

    public RwInterpretation(HummockVersions versions, InstantSource clock) {
        this.versions = versions;
        this.clock = clock;
    }

    @Override
    public String origin() {
        return "risingwave-etcd";
    }

    @Override
    public void resume(ImageView image) {
        SortedMap<Long, ByteString> unapplied = new TreeMap<>();
        KeyedVersion keyed;
        try (EntryIterator entries = image.entries()) {
            keyed = KeyedVersion.load(entries);
        }
        try (EntryIterator entries = image.entries()) {
            entries.forEachRemaining(entry -> {
                if (entry.entryKey().space().equals(RwSpaces.UNAPPLIED)) {
                    unapplied.put(RwRows.id(entry.entryKey()), entry.value());
                }
                remember(entry.entryKey(), entry.value());
            });
        }
        folded = new FoldedVersion(keyed, unapplied);
        epoch = image.provenance().epoch();
    }

    /** Where the checkpoints are is told by some of the rows. */
    private void remember(EntryKey key, ByteString value) {
        if (key.space().equals(RwModel.SYSTEM_PARAMETER.space())) {
            parameters.put(key.key().toStringUtf8(), value.toStringUtf8());
        }
    }

    @Override
    public void beforeBase() {
        HummockParameters hummock = HummockParameters.of(parameters);
        checkpoint = versions.canFind(hummock) ? versions.checkpoint(hummock) : null;
    }

    @Override
    public EntrySource base(EntrySource keys, long revision) throws InterruptedException {
        RwRows rows = RwRows.read(keys);
        rows.entries().forEach(row -> remember(row.entryKey(), row.value()));
        FoldedVersion at = version(rows);
        List<Entry> entries = new ArrayList<>(rows.entries());
        at.forEach(entries::add);
        entries.add(new Entry(RwSpaces.STORE, STORE, ByteString.EMPTY));
        entries.add(new Entry(RwSpaces.REVISION, number(revision), ByteString.EMPTY));
        folded = at;
        epoch = Math.max(epoch, at.committedEpoch());
        return RwRows.sorted(entries);
    }

    private FoldedVersion version(RwRows rows) {
        HummockVersion before = checkpoint;
        HummockVersion start = before == null ? versions.checkpoint(HummockParameters.of(parameters)) : before;
        checkpoint = null;
        SortedMap<Long, ByteString> behind = rows.deltas().tailMap(start.getId() + 1);
        if (behind.isEmpty()) {
            // Were there deltas behind it that a newer checkpoint covers, they would be gone by now.
            boolean told = before != null || rows.deltas().containsKey(start.getId());
            if (!told || versions.checkpoint(HummockParameters.of(parameters)).getId() != start.getId()) {
                throw movedOn(start);
            }
        }
        FoldedVersion at = new FoldedVersion(start);
        for (Map.Entry<Long, ByteString> delta : behind.entrySet()) {
            if (!at.follows(delta.getValue())) {
                throw movedOn(start);
            }
            at.take(delta.getKey(), delta.getValue());
        }
        return at;
    }

    private UnreachableException movedOn(HummockVersion checkpoint) {
        return new UnreachableException("the Hummock checkpoint of version " + checkpoint.getId() + " in \""
                + HummockParameters.of(parameters).dataDirectory()
                + "\" and the version deltas in etcd do not meet: the meta node has written a newer one meanwhile, or the"
                + " checkpoint is of another cluster; both are read again");
    }

    @Override
    public boolean owns(EntryKey key) {
        return true;
    }

    @Override
    public List<Change> take(List<Change> changes, long revision) {
        FoldedVersion version = Objects.requireNonNull(folded, "a base or resume comes first");
        List<Change> meant = new ArrayList<>();
        SortedMap<Long, ByteString> deltas = new TreeMap<>();
        for (Change change : changes) {
            EntryKey key = RwKeys.decode(change.entryKey().key());
            if (!RwRows.isDelta(key)) {
                meant.add(new Change(key, change.op(), change.value(), ByteString.EMPTY));
                remember(key, change.value());
            } else if (change.op() == Op.PUT) {
                deltas.put(RwRows.id(key), change.value());
            }
        }
        deltas.forEach((id, raw) -> meant.addAll(version.take(id, raw)));
        if (!version.complete()) {
            meant.addAll(afresh(version));
        }
        meant.add(Change.put(RwSpaces.REVISION, number(revision)));
        epoch = Math.max(epoch, Objects.requireNonNull(folded).committedEpoch());
        return meant;
    }

    /** Where a delta did not fit: once a checkpoint covers it, the version goes on from there. */
    private List<Change> afresh(FoldedVersion broken) {
        Instant now = clock.instant();
        if (now.isBefore(lookedAt.plus(LOOK_AGAIN))) {
            return List.of();
        }
        lookedAt = now;
        SortedMap<Long, ByteString> deltas = broken.unapplied();
        HummockVersion start;
        try {
            start = versions.checkpoint(HummockParameters.of(parameters));
        } catch (UnreachableException | CorruptException e) {
            LOG.warn("{}; version deltas are kept as they are", e.text());
            return List.of();
        }
        if (start.getId() < deltas.firstKey() || start.getId() > deltas.lastKey()) {
            return List.of();
        }
        FoldedVersion whole = new FoldedVersion(start);
        deltas.tailMap(start.getId() + 1).forEach(whole::take);
        if (!whole.complete()) {
            return List.of();
        }
        LOG.warn("the Hummock version goes on from the checkpoint of version {}", start.getId());
        folded = whole;
        return broken.changesTo(whole);
    }

    @Override
    public long epoch(long revision) {
        return epoch;
    }

    @Override
    public EntrySource comparable(EntrySource keys) throws InterruptedException {
        return RwRows.sorted(RwRows.read(keys).entries());
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
