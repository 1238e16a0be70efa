package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows as a transaction sees them: what it did itself, and behind that the image before it, which is only asked for where it is needed. */
final class TransactionRows implements AutoCloseable {
    private final SqlInterpretation interpretation;
    private final CheckedSink sink;
    // A deleted row stays known: a change of its key tells first that it went, then how it came back.
    private final Map<EntryKey, ByteString> own = new HashMap<>();
    private final Set<Space> truncated = new HashSet<>();
    private @Nullable ImageView image;

    TransactionRows(SqlInterpretation interpretation, CheckedSink sink) {
        this.interpretation = interpretation;
        this.sink = sink;
    }

    void done(Change change) {
        if (change.op() == Op.PUT) {
            own.put(change.entryKey(), change.value());
        }
    }

    /** The row as it was last; null where it is unknown. */
    @Nullable
    SqlRow row(SqlTable table, String place) throws InterruptedException {
        EntryKey key = new EntryKey(interpretation.space(table), ByteString.copyFromUtf8(place));
        ByteString value = own.get(key);
        if (value == null && !truncated.contains(key.space())) {
            Entry entry = image().find(key);
            value = entry == null ? null : entry.value();
        }
        return value == null ? null : RowCodec.decode(value);
    }

    /** Gives the keys of all rows that the table may have, some of them twice; after this it has none. */
    void truncate(SqlTable table, Consumer<SqlRow> keys) throws InterruptedException {
        Space space = interpretation.space(table);
        List<ByteString> ours = own.entrySet().stream()
                .filter(row -> row.getKey().space().equals(space))
                .map(Map.Entry::getValue)
                .toList();
        own.keySet().removeIf(key -> key.space().equals(space));
        ours.forEach(row -> keys.accept(key(table, RowCodec.decode(row))));
        if (truncated.add(space)) {
            try (EntryIterator entries = image().entries(space)) {
                entries.forEachRemaining(entry -> keys.accept(key(table, RowCodec.decode(entry.value()))));
            }
        }
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

    /** Lets go of what it did itself. */
    void forget() {
        own.clear();
    }

    @Override
    public void close() {
        if (image != null) {
            image.close();
            image = null;
        }
    }
}
