package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rows in a sorted map; for one thread. */
public final class MemoryMetaStore implements MetaStore {
    private final NavigableMap<ByteString, ByteString> rows =
            new TreeMap<>(ByteString.unsignedLexicographicalComparator());

    @Override
    public void commit(MetaTransaction transaction) {
        transaction.deletes().forEach(rows::remove);
        rows.putAll(transaction.puts());
    }

    /** A view of all rows, by key. */
    public SortedMap<ByteString, ByteString> rows() {
        return Collections.unmodifiableSortedMap(rows);
    }
}
