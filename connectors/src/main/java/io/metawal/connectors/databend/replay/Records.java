package io.metawal.connectors.databend.replay;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records while entries are applied to them: a base, what changed since, and when which one expires. In memory for what
 * changed and for what expires, not for the base.
 */
final class Records {
    private static final KvRecord GONE =
            new KvRecord(0, io.metawal.connectors.databend.entry.RecordMeta.NULL, ByteString.EMPTY);

    private ReplayBase base;
    private final NavigableMap<ByteString, KvRecord> changed =
            new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final NavigableMap<Due, ByteString> due = new TreeMap<>();
    private final Map<ByteString, KvRecord> before = new LinkedHashMap<>();
    private long changedBytes;

    /** When a record expires, in order. */
    private record Due(long timeMs, long seq) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compareUnsigned(timeMs, other.timeMs);
            return byTime != 0 ? byTime : Long.compare(seq, other.seq);
        }
    }

    Records(ReplayBase base) {
        this.base = base;
    }

    private static boolean gone(KvRecord record) {
        return record.seq() == GONE.seq();
    }

    /** A record of the base that expires; all of them are to be told before the first entry. */
    void expires(ByteString key, KvRecord record) {
        due.put(new Due(record.meta().expireMs(), record.seq()), key);
    }

    @Nullable
    KvRecord find(ByteString key) {
        KvRecord found = changed.get(key);
        return found == null ? base.find(key) : gone(found) ? null : found;
    }

    /** The keys that begin so and exist, in order. */
    List<ByteString> keys(ByteString prefix) {
        List<ByteString> keys = new ArrayList<>();
        base.scan(prefix, (key, record) -> {
            if (!changed.containsKey(key)) {
                keys.add(key);
            }
        });
        for (Map.Entry<ByteString, KvRecord> entry :
                changed.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (!gone(entry.getValue())) {
                keys.add(entry.getKey());
            }
        }
        keys.sort(ByteString.unsignedLexicographicalComparator());
        return keys;
    }

    /** Puts a record in the place of what {@link #find} gave, or, null, takes it away. */
    void set(ByteString key, @Nullable KvRecord old, @Nullable KvRecord record) {
        if (old == null && record == null) {
            return;
        }
        before.putIfAbsent(key, old == null ? GONE : old);
        if (old != null && old.meta().expires()) {
            due.remove(new Due(old.meta().expireMs(), old.seq()));
        }
        if (record != null && record.meta().expires()) {
            expires(key, record);
        }
        changed.put(key, record == null ? GONE : record);
        changedBytes += key.size() + 150L + (record == null ? 0 : record.data().size());
    }

    /** The keys that expired before this time, first the longest ago. */
    List<ByteString> expired(long timeMs) {
        NavigableMap<Due, ByteString> past = due.headMap(new Due(timeMs, 0), false);
        return past.isEmpty() ? Collections.emptyList() : new ArrayList<>(past.values());
    }

    /** What was changed since this was last asked, one change a key. */
    List<Change> takeChanges() {
        List<Change> changes = new ArrayList<>(before.size() + 3);
        before.forEach((key, old) -> {
            Entry was = gone(old) ? null : old.entry(key);
            KvRecord now = find(key);
            Entry is = now == null ? null : now.entry(key);
            EntryKey wasKey = was == null ? null : was.entryKey();
            if (wasKey != null && (is == null || !is.entryKey().equals(wasKey))) {
                changes.add(Change.delete(wasKey));
            }
            if (is != null && !is.equals(was)) {
                changes.add(Change.put(is.entryKey(), is.value(), is.meta()));
            }
        });
        before.clear();
        return changes;
    }

    /** Bytes, about, of what changed since the base. */
    long changedBytes() {
        return changedBytes;
    }

    /** A newer base, with all that changed in it. */
    void rebase(ReplayBase newer) {
        base = newer;
        changed.clear();
        changedBytes = 0;
    }
}
