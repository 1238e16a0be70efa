package io.metawal.connectors.sql.cascade;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows as a transaction sees them: what it did itself, and behind that the image before it, which is only asked for where it is needed.
 * For one thread.
 */
public final class KnownRows implements AutoCloseable {
    private final SqlInterpretation interpretation;
    private final CheckedSink sink;
    private final Map<String, Map<String, Optional<SqlRow>>> own = new HashMap<>();
    private final Set<Asked> once = new HashSet<>();
    private final Map<Asked, Map<Integer, List<ByteString>>> indexes = new HashMap<>();
    private @Nullable ImageView image;

    /** Columns of a table whose values rows were looked for by. */
    private record Asked(String table, List<String> columns) {}

    public KnownRows(SqlInterpretation interpretation, CheckedSink sink) {
        this.interpretation = interpretation;
        this.sink = sink;
    }

    void put(SqlTable table, SqlRow row) {
        change(table, row, Optional.of(row));
    }

    void remove(SqlTable table, SqlRow row) {
        change(table, row, Optional.empty());
    }

    private void change(SqlTable table, SqlRow key, Optional<SqlRow> row) {
        own.computeIfAbsent(table.name(), any -> new LinkedHashMap<>()).put(key.key(table.primaryKey()), row);
    }

    /** Rows of a table that hold these values; all of its rows where no column is named. */
    public List<SqlRow> having(SqlTable table, List<String> columns, List<@Nullable Object> values)
            throws InterruptedException {
        Map<String, SqlRow> found = new TreeMap<>();
        if (!columns.isEmpty() && columns.equals(table.primaryKey())) {
            direct(table, columns, values).ifPresent(row -> found.put(row.key(columns), row));
        } else {
            scan(table, columns, values, found);
        }
        own.getOrDefault(table.name(), Map.of()).forEach((place, row) -> {
            found.remove(place);
            row.filter(each -> holds(each, columns, values)).ifPresent(each -> found.put(place, each));
        });
        return List.copyOf(found.values());
    }

    private Optional<SqlRow> direct(SqlTable table, List<String> columns, List<@Nullable Object> values)
            throws InterruptedException {
        Map<String, @Nullable Object> key = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            key.put(columns.get(i), values.get(i));
        }
        Entry entry = image().find(new EntryKey(
                interpretation.space(table),
                ByteString.copyFromUtf8(SqlRow.of(key).key(columns))));
        return entry == null ? Optional.empty() : Optional.of(RowCodec.decode(entry.value()));
    }

    /** Once read through for some columns, a table is read through once more at most: what is asked after that is looked up. */
    private void scan(SqlTable table, List<String> columns, List<@Nullable Object> values, Map<String, SqlRow> found)
            throws InterruptedException {
        Asked asked = new Asked(table.name(), columns);
        if (columns.isEmpty() || once.add(asked)) {
            each(table, (key, row) -> {
                if (holds(row, columns, values)) {
                    found.put(row.key(table.primaryKey()), row);
                }
            });
            return;
        }
        Map<Integer, List<ByteString>> index = indexes.get(asked);
        if (index == null) {
            Map<Integer, List<ByteString>> made = new HashMap<>();
            each(
                    table,
                    (key, row) -> made.computeIfAbsent(hash(row, columns), any -> new ArrayList<>(1))
                            .add(key));
            index = made;
            indexes.put(asked, index);
        }
        for (ByteString key : index.getOrDefault(values.hashCode(), List.of())) {
            Entry entry = Objects.requireNonNull(image().find(new EntryKey(interpretation.space(table), key)));
            SqlRow row = RowCodec.decode(entry.value());
            if (holds(row, columns, values)) {
                found.put(row.key(table.primaryKey()), row);
            }
        }
    }

    private void each(SqlTable table, BiConsumer<ByteString, SqlRow> rows) throws InterruptedException {
        try (EntryIterator entries = image().entries(interpretation.space(table))) {
            entries.forEachRemaining(entry -> rows.accept(entry.entryKey().key(), RowCodec.decode(entry.value())));
        }
    }

    private static int hash(SqlRow row, List<String> columns) {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        columns.forEach(column -> values.add(row.value(column)));
        return values.hashCode();
    }

    private static boolean holds(SqlRow row, List<String> columns, List<@Nullable Object> values) {
        for (int i = 0; i < columns.size(); i++) {
            if (!Objects.equals(row.value(columns.get(i)), values.get(i))) {
                return false;
            }
        }
        return true;
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
