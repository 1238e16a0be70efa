package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows as a transaction sees them: what it did itself, and behind that the image before it, which is only asked for where it is needed. */
final class TransactionRows implements AutoCloseable {
    private final SqlInterpretation interpretation;
    private final CheckedSink sink;
    private final Map<String, Map<String, SqlRow>> rows = new HashMap<>();
    private final Map<String, Map<String, SqlRow>> keys = new HashMap<>();
    private final Set<String> truncated = new HashSet<>();
    private @Nullable ImageView image;

    TransactionRows(SqlInterpretation interpretation, CheckedSink sink) {
        this.interpretation = interpretation;
        this.sink = sink;
    }

    void put(SqlTable table, SqlRow key, SqlRow row) {
        String place = key.key(table.primaryKey());
        rows.computeIfAbsent(table.name(), any -> new HashMap<>()).put(place, row);
        touched(table, key);
    }

    /** The row is deleted, and stays known: a change of its key tells first that it went, then how it came back. */
    void touched(SqlTable table, SqlRow key) {
        keys.computeIfAbsent(table.name(), any -> new LinkedHashMap<>()).put(key.key(table.primaryKey()), key);
    }

    /** The row as it was last; null where it is unknown. */
    @Nullable
    SqlRow row(SqlTable table, String place) throws InterruptedException {
        SqlRow own = rows.getOrDefault(table.name(), Map.of()).get(place);
        if (own != null || truncated.contains(table.name())) {
            return own;
        }
        Entry entry = image().find(new EntryKey(interpretation.space(table), ByteString.copyFromUtf8(place)));
        return entry == null ? null : RowCodec.decode(entry.value());
    }

    /** Keys of all rows that the table may have; after this it has none. */
    Map<String, SqlRow> truncate(SqlTable table) throws InterruptedException {
        Map<String, SqlRow> all = new LinkedHashMap<>();
        if (truncated.add(table.name())) {
            try (EntryIterator entries = image().entries(interpretation.space(table))) {
                entries.forEachRemaining(entry -> {
                    SqlRow key = key(table, RowCodec.decode(entry.value()));
                    all.put(key.key(table.primaryKey()), key);
                });
            }
        }
        Map<String, SqlRow> own = keys.remove(table.name());
        if (own != null) {
            all.putAll(own);
        }
        rows.remove(table.name());
        return all;
    }

    private static SqlRow key(SqlTable table, SqlRow row) {
        Map<String, @Nullable Object> values = new HashMap<>();
        table.primaryKey().forEach(name -> values.put(name, row.value(name)));
        return SqlRow.of(values);
    }

    private ImageView image() throws InterruptedException {
        ImageView open = image;
        if (open == null) {
            open = sink.image();
            image = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (image != null) {
            image.close();
        }
    }
}
