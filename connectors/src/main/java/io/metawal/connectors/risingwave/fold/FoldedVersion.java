package io.metawal.connectors.risingwave.fold;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.hummock.HummockFaultException;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyed version, the deltas folded into it, and those that could not be. From the first delta that does not fit on, deltas are kept as they
 * are: nothing is guessed, and a version from elsewhere that is at least as new as that delta puts an end to it. For one thread.
 */
final class FoldedVersion {
    private static final Logger LOG = LoggerFactory.getLogger(FoldedVersion.class);

    private final KeyedVersion keyed;
    private final TreeMap<Long, ByteString> unapplied = new TreeMap<>();
    private @Nullable ByteString last;

    FoldedVersion(HummockVersion version) {
        this(KeyedVersion.of(version), new TreeMap<>());
    }

    FoldedVersion(KeyedVersion keyed, SortedMap<Long, ByteString> unapplied) {
        this.keyed = keyed;
        this.unapplied.putAll(unapplied);
    }

    /** The newest version known: of the keyed one, or of a delta behind it. */
    long id() {
        return unapplied.isEmpty() ? keyed.id() : unapplied.lastKey();
    }

    /** The version that the deltas which fit lead to. */
    long foldedId() {
        return keyed.id();
    }

    boolean complete() {
        return unapplied.isEmpty();
    }

    SortedMap<Long, ByteString> unapplied() {
        return new TreeMap<>(unapplied);
    }

    long committedEpoch() {
        return keyed.committedEpoch();
    }

    /** Whether a delta goes on from here. */
    boolean follows(ByteString raw) {
        try {
            return HummockVersionDelta.parseFrom(raw).getPrevId() == id();
        } catch (InvalidProtocolBufferException e) {
            // It is kept as it is, too.
            return true;
        }
    }

    /** What a delta changes; of one that is in already, nothing. */
    List<Change> take(long id, ByteString raw) {
        if (Long.compareUnsigned(id, id()) <= 0) {
            return List.of();
        }
        if (!unapplied.isEmpty()) {
            return putAside(id, raw);
        }
        try {
            List<Change> changes = new ArrayList<>(keyed.apply(HummockVersionDelta.parseFrom(raw)));
            changes.add(Change.put(RwSpaces.LAST_DELTA, raw));
            last = raw;
            return changes;
        } catch (HummockFaultException e) {
            LOG.error("version delta {} is kept as it is: {}", id, e.text());
        } catch (InvalidProtocolBufferException e) {
            LOG.error("version delta {} is kept as it is: it is no message of {} bytes", id, raw.size(), e);
        }
        return putAside(id, raw);
    }

    private List<Change> putAside(long id, ByteString raw) {
        unapplied.put(id, raw);
        return List.of(Change.put(key(id), raw));
    }

    private static EntryKey key(long id) {
        return new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8(Long.toUnsignedString(id)));
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
        unapplied.forEach((id, raw) -> action.accept(new Entry(key(id), raw, ByteString.EMPTY)));
        if (last != null) {
            action.accept(new Entry(RwSpaces.LAST_DELTA, last, ByteString.EMPTY));
        }
    }
}
