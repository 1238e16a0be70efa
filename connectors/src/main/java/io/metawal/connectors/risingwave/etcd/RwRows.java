package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All rows of a meta store at one revision, in memory, as the meta node itself has them; version deltas apart.
 *
 * @param entries in no order
 * @param deltas raw, by version id
 */
record RwRows(List<Entry> entries, SortedMap<Long, ByteString> deltas) {
    RwRows {
        entries = List.copyOf(entries);
        deltas = Collections.unmodifiableSortedMap(new TreeMap<>(deltas));
    }

    static RwRows read(EntrySource keys) throws InterruptedException {
        List<Entry> entries = new ArrayList<>();
        SortedMap<Long, ByteString> deltas = new TreeMap<>();
        for (Entry raw = keys.next(); raw != null; raw = keys.next()) {
            EntryKey key = RwKeys.decode(raw.entryKey().key());
            if (isDelta(key)) {
                deltas.put(id(key), raw.value());
            } else {
                entries.add(new Entry(key, raw.value(), ByteString.EMPTY));
            }
        }
        return new RwRows(entries, deltas);
    }

    static boolean isDelta(EntryKey key) {
        return key.space().equals(RwModel.VERSION_DELTA.space());
    }

    static long id(EntryKey key) {
        return Long.parseUnsignedLong(key.key().toStringUtf8());
    }

    /** Sorted, as a source. */
    static EntrySource sorted(List<Entry> entries) {
        List<Entry> inOrder = new ArrayList<>(entries);
        inOrder.sort(java.util.Comparator.comparing(Entry::entryKey));
        Iterator<Entry> rest = inOrder.iterator();
        return EntrySource.of(rest);
    }

    /** A system parameter's value; empty where it has none. */
    String parameter(String name) {
        EntryKey key = new EntryKey(RwModel.SYSTEM_PARAMETER.space(), ByteString.copyFromUtf8(name));
        for (Entry entry : entries) {
            if (entry.entryKey().equals(key)) {
                return entry.value().toStringUtf8();
            }
        }
        return "";
    }
}
