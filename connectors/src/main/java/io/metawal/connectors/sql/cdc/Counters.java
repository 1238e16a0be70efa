package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** For each table whose key the database hands out: the largest value known. It never goes back. */
public final class Counters {
    private final SqlInterpretation interpretation;
    private final Map<String, Long> largest = new HashMap<>();

    Counters(SqlInterpretation interpretation) {
        this.interpretation = interpretation;
    }

    void load(ImageView image, Collection<SqlTable> tables) {
        for (SqlTable table : tables) {
            if (table.counter().isPresent()) {
                Entry entry = image.find(key(interpretation.counterName(table)));
                if (entry != null) {
                    raise(
                            interpretation.counterName(table),
                            Long.parseLong(entry.value().toStringUtf8()));
                }
            }
        }
    }

    void raise(SqlTable table, long value) {
        raise(interpretation.counterName(table), value);
    }

    private boolean raise(String name, long value) {
        Long before = largest.get(name);
        if (before != null && before >= value) {
            return false;
        }
        largest.put(name, value);
        return true;
    }

    /** A row that the database holds. */
    void seen(SqlTable table, SqlRow row) {
        SqlColumn counter = table.counter().orElse(null);
        if (counter != null && row.value(counter.name()) instanceof Long value) {
            raise(table, value);
        }
    }

    /** What a transaction raises. */
    public List<Change> raisedBy(List<RowChange> rows) {
        Raising raising = raising();
        rows.forEach(raising::row);
        return raising.end();
    }

    /** For one transaction, told row by row; nothing is raised before its end. */
    Raising raising() {
        return new Raising();
    }

    final class Raising {
        private final SortedMap<String, Long> highest = new TreeMap<>();

        void row(RowChange change) {
            SqlColumn counter = change.table().counter().orElse(null);
            if (counter != null && change.after() != null && change.key().value(counter.name()) instanceof Long value) {
                highest.merge(interpretation.counterName(change.table()), value, Math::max);
            }
        }

        List<Change> end() {
            List<Change> changes = new ArrayList<>();
            highest.forEach((name, value) -> {
                if (raise(name, value)) {
                    changes.add(Change.put(key(name), text(name)));
                }
            });
            return changes;
        }
    }

    /** As the image must hold it; for tables that are captured. */
    List<Entry> entries(Collection<SqlTable> tables) {
        return tables.stream()
                .filter(table -> table.counter().isPresent())
                .map(interpretation::counterName)
                .distinct()
                .filter(largest::containsKey)
                .map(name -> new Entry(key(name), text(name), ByteString.EMPTY))
                .toList();
    }

    private ByteString text(String name) {
        return ByteString.copyFromUtf8(String.valueOf(largest.get(name)));
    }

    private static EntryKey key(String name) {
        return new EntryKey(SqlSpaces.AUTO_INCREMENT, ByteString.copyFromUtf8(name));
    }
}
