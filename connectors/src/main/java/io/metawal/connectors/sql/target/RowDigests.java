package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import java.util.Map;
import java.util.TreeMap;

/** Digests of the rows of tables, and the largest keys that databases hand out. Rows of another kind of database are made comparable. */
final class RowDigests {
    private static final Space ROW = new Space("row");

    private final Exactness exactness;
    private final Map<String, Digest> digests = new TreeMap<>();
    private final Map<String, Long> largest = new TreeMap<>();

    /** Whether two rows must be equal in every byte, or mean the same. */
    enum Exactness {
        BYTES,
        MEANING
    }

    RowDigests(Exactness exactness) {
        this.exactness = exactness;
    }

    void add(SqlTable table, SqlRow row) {
        SqlRow compared = exactness == Exactness.BYTES ? row : Conversion.comparable(table, row);
        Entry entry = new Entry(new EntryKey(ROW, ByteString.EMPTY), RowCodec.encode(compared), ByteString.EMPTY);
        digests.merge(table.name(), Digest.of(entry), Digest::plus);
        table.counter().ifPresent(column -> {
            if (row.value(column.name()) instanceof Long id) {
                largest.merge(table.name(), id, Math::max);
            }
        });
    }

    Digest of(SqlTable table) {
        return digests.getOrDefault(table.name(), Digest.EMPTY);
    }

    long largest(SqlTable table) {
        return largest.getOrDefault(table.name(), 0L);
    }

    Digest whole() {
        return digests.values().stream().reduce(Digest.EMPTY, Digest::plus);
    }
}
