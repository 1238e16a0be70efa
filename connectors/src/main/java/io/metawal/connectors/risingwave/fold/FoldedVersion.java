package io.metawal.connectors.risingwave.fold;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.hummock.HummockFaultException;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.hummock.Observation;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyed version, the deltas folded into it, and those that could not be. From the first delta that does not fit on, deltas are kept as they
 * are: nothing is guessed, and a version from elsewhere that they go on from puts an end to it. For one thread.
 */
final class FoldedVersion {
    private static final Logger LOG = LoggerFactory.getLogger(FoldedVersion.class);
    private static final int REMEMBERED_MAX = 10_000;

    private final KeyedVersion keyed;
    private final TreeMap<Long, ByteString> unapplied = new TreeMap<>();
    private final Map<Long, Digest> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Digest> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };
    private @Nullable ByteString last;
    private @Nullable ByteString stale;
    private long newest;
    private String fault = "";
    private boolean changedByStart;
    private final List<Observation> observed = new ArrayList<>();

    FoldedVersion(HummockVersion version, HummockDialect dialect) {
        this(new Parts(KeyedVersion.of(version, dialect), new TreeMap<>(), null, null));
    }

    FoldedVersion(Parts parts) {
        this.keyed = parts.keyed();
        this.unapplied.putAll(parts.unapplied());
        this.last = parts.last();
        this.stale = parts.stale();
        ByteString folded = parts.last();
        if (folded != null) {
            remember(keyed.id(), folded);
        }
        unapplied.forEach(this::remember);
        // Which came last is not known; where it was another, the next that comes tells.
        this.newest = unapplied.isEmpty() ? keyed.id() : unapplied.lastKey();
    }

    /**
     * What an image holds of a version.
     *
     * @param last the newest delta in the keyed version; null for none
     * @param stale what {@link RwSpaces#VERSION_STALE} says; null where it is not there
     */
    record Parts(
            KeyedVersion keyed,
            SortedMap<Long, ByteString> unapplied,
            @Nullable ByteString last,
            @Nullable ByteString stale) {}

    /** Whether the keyed version is that of the meta node. */
    boolean complete() {
        return unapplied.isEmpty() && stale == null;
    }

    KeyedVersion keyed() {
        return keyed;
    }

    /** What deltas showed since this was asked last, beside what did not fit. */
    List<Observation> observed() {
        List<Observation> since = List.copyOf(observed);
        observed.clear();
        return since;
    }

    /** A meta node of this dialect starts on the version. */
    List<Change> startedBy(HummockDialect dialect) {
        List<Change> changes = keyed.startedBy(dialect);
        changedByStart |= !changes.isEmpty();
        observed.addAll(keyed.observed());
        return changes;
    }

    /** Whether a start changed the version since this was asked last. */
    boolean changedByStart() {
        boolean changed = changedByStart;
        changedByStart = false;
        return changed;
    }

    long unappliedCount() {
        return unapplied.size();
    }

    long committedEpoch() {
        return keyed.committedEpoch();
    }

    /** Why the last delta that was taken did not fit; empty where it did. */
    String fault() {
        return fault;
    }

    /** Whether a delta goes on from the keyed version. */
    boolean follows(ByteString raw) {
        try {
            return HummockVersionDelta.parseFrom(raw).getPrevId() == keyed.id();
        } catch (InvalidProtocolBufferException e) {
            // It is kept as it is, too.
            return true;
        }
    }

    /** A delta that stands in the meta store, whether or not it is in the version. */
    void remember(long id, ByteString raw) {
        known.put(id, Digest.of(entry(id, raw)));
    }

    /** What a delta changes; of the very one that was there before, nothing. */
    List<Change> take(long id, ByteString raw) {
        fault = "";
        if (Digest.of(entry(id, raw)).equals(known.get(id))) {
            return List.of();
        }
        remember(id, raw);
        newest = id;
        if (!complete()) {
            return putAside(id, raw);
        }
        List<Change> changes = applied(id, raw);
        if (changes.isEmpty()) {
            LOG.warn("version delta {} is kept as it is: {}", Long.toUnsignedString(id), fault);
            return putAside(id, raw);
        }
        return changes;
    }

    /** What a delta changes; nothing where it does not fit, with the reason in {@link #fault}. */
    private List<Change> applied(long id, ByteString raw) {
        try {
            HummockVersionDelta delta = HummockVersionDelta.parseFrom(raw);
            if (Long.compareUnsigned(id, keyed.id()) > 0 && delta.getId() == id) {
                List<Change> changes = new ArrayList<>(keyed.apply(delta));
                if (isAnothers()) {
                    return List.of();
                }
                observed.addAll(keyed.observed());
                changes.add(Change.put(RwSpaces.LAST_DELTA, raw));
                last = raw;
                return changes;
            }
            fault = "it says id " + Long.toUnsignedString(delta.getId()) + ", and the version is "
                    + Long.toUnsignedString(keyed.id()) + " already: was the meta store put back to an earlier point?";
        } catch (HummockFaultException e) {
            fault = e.text();
        } catch (InvalidProtocolBufferException e) {
            fault = "it is no message of " + raw.size() + " bytes: " + e.getMessage();
        }
        return List.of();
    }

    /**
     * A compaction of another version id than its group has, or of an SST that is not there: RisingWave applies or ignores each by the rules of its
     * release, but writes none. So the version is not RisingWave's, and the delta is not taken.
     */
    private boolean isAnothers() {
        for (Observation each : keyed.observed()) {
            if (each.kind() == Observation.Kind.EXPIRED || each.kind() == Observation.Kind.ABSENT_SST) {
                keyed.takeBack();
                fault = each.text();
                return true;
            }
        }
        return false;
    }

    private List<Change> putAside(long id, ByteString raw) {
        unapplied.put(id, raw);
        return List.of(Change.put(key(id), raw));
    }

    /** From now on the keyed version is not that of the meta node, though no delta says so. */
    List<Change> becomeStale(ByteString why) {
        stale = why;
        return List.of(Change.put(RwSpaces.VERSION_STALE, why));
    }

    /**
     * The version that the meta node is at, told by one from elsewhere: that which the deltas kept here go on from, up to the one that came
     * last. Of those, the ones that follow nothing belong to no version. Empty where it cannot be told: then it is too old, or too new.
     */
    Optional<FoldedVersion> from(HummockVersion start) {
        FoldedVersion whole = new FoldedVersion(start, keyed.dialect());
        whole.known.putAll(known);
        boolean wentBack = stale != null || unapplied.headMap(keyed.id() + 1).size() > 0;
        boolean reached = unapplied.isEmpty() || !wentBack && newest == start.getId();
        for (Map.Entry<Long, ByteString> delta :
                unapplied.tailMap(start.getId() + 1).entrySet()) {
            boolean applied = whole.follows(delta.getValue())
                    && !whole.applied(delta.getKey(), delta.getValue()).isEmpty();
            reached |= applied && delta.getKey() == newest;
        }
        var unused = whole.startedBy(keyed.dialect());
        return reached ? Optional.of(whole) : Optional.empty();
    }

    private static EntryKey key(long id) {
        return new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8(Long.toUnsignedString(id)));
    }

    private static Entry entry(long id, ByteString raw) {
        return new Entry(key(id), raw, ByteString.EMPTY);
    }

    /** What takes the entries of this one to those of another, which stands for the same version. */
    List<Change> changesTo(FoldedVersion other) {
        TreeMap<EntryKey, Entry> theirs = new TreeMap<>();
        other.forEach(entry -> theirs.put(entry.entryKey(), entry));
        List<Change> changes = new ArrayList<>();
        forEach(ours -> {
            Entry their = theirs.get(ours.entryKey());
            if (their == null) {
                changes.add(Change.delete(ours.entryKey()));
            } else if (their.equals(ours)) {
                theirs.remove(ours.entryKey());
            }
        });
        theirs.values().forEach(entry -> changes.add(Change.put(entry.entryKey(), entry.value(), entry.meta())));
        return changes;
    }

    /** Every entry, in no order. */
    void forEach(Consumer<Entry> action) {
        keyed.entries().forEachRemaining(action);
        unapplied.forEach((id, raw) -> action.accept(entry(id, raw)));
        if (last != null) {
            action.accept(new Entry(RwSpaces.LAST_DELTA, last, ByteString.EMPTY));
        }
        if (stale != null) {
            action.accept(new Entry(RwSpaces.VERSION_STALE, stale, ByteString.EMPTY));
        }
    }
}
