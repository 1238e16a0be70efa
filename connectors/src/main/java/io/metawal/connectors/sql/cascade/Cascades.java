package io.metawal.connectors.sql.cascade;

import io.metawal.connectors.sql.cascade.ForeignKey.Action;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What foreign keys do. InnoDB removes and changes rows for {@code ON DELETE} and {@code ON UPDATE} by itself and writes none of it to the
 * binary log: a replica does the same by itself, and so does this, on the rows that the image has.
 */
public final class Cascades {
    private static final int DEPTH_MAX = 64;

    private final Map<String, List<ForeignKey>> byParent;

    public Cascades(Collection<SqlTable> tables) {
        byParent = tables.stream()
                .flatMap(table -> ForeignKey.of(table).stream())
                .filter(ForeignKey::acts)
                .collect(Collectors.groupingBy(ForeignKey::parent));
    }

    /**
     * Makes sure that the log tells of every row that a cascade begins with.
     *
     * @throws UnsupportedFormatException naming the keys that refer to tables that are not captured
     */
    public static void check(Object where, Collection<SqlTable> tables) {
        Set<String> captured = tables.stream().map(SqlTable::name).collect(Collectors.toSet());
        Set<String> wrong = new TreeSet<>();
        for (SqlTable table : tables) {
            for (ForeignKey key : ForeignKey.of(table)) {
                boolean elsewhere =
                        !key.parentSchema().isEmpty() && !key.parentSchema().equals(table.schema());
                if (key.acts() && (elsewhere || !captured.contains(key.parent()))) {
                    wrong.add(table + " " + key.columns() + " to " + (elsewhere ? key.parentSchema() + "." : "")
                            + key.parent());
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new UnsupportedFormatException(
                    where + ": foreign keys with ON DELETE or ON UPDATE change rows without"
                            + " a word in the binary log, and these begin in tables that are not captured: "
                            + String.join("; ", wrong) + ". Capture those tables too, or leave these out");
        }
    }

    /** What a change of one row does to others, in order; told to {@code rows} as well. */
    public List<RowChange> after(SqlTable table, SqlRow before, @Nullable SqlRow after, KnownRows rows)
            throws InterruptedException {
        List<RowChange> changes = new ArrayList<>();
        follow(table, before, after, rows, changes, 0);
        return changes;
    }

    private void follow(
            SqlTable table, SqlRow before, @Nullable SqlRow after, KnownRows rows, List<RowChange> changes, int depth)
            throws InterruptedException {
        if (depth > DEPTH_MAX) {
            throw new UnsupportedFormatException("foreign keys from table " + table + " are followed more than "
                    + DEPTH_MAX + " tables deep, further than the server would");
        }
        for (ForeignKey key : byParent.getOrDefault(table.name(), List.of())) {
            List<@Nullable Object> old = values(before, key.parentColumns());
            List<@Nullable Object> now = after == null ? List.of() : values(after, key.parentColumns());
            Action action = after == null ? key.onDelete() : key.onUpdate();
            if (action != Action.NOTHING && !old.contains(null) && !old.equals(now)) {
                for (SqlRow child : rows.having(key.child(), key.columns(), old)) {
                    SqlRow changed = changed(key, action, child, now);
                    change(key.child(), child, changed, rows, changes);
                    follow(key.child(), child, changed, rows, changes, depth + 1);
                }
            }
        }
    }

    private static List<@Nullable Object> values(SqlRow row, List<String> columns) {
        List<@Nullable Object> values = new ArrayList<>();
        columns.forEach(column -> values.add(row.value(column)));
        return values;
    }

    private static @Nullable SqlRow changed(ForeignKey key, Action action, SqlRow child, List<@Nullable Object> now) {
        if (action == Action.CASCADE && now.isEmpty()) {
            return null;
        }
        SqlRow changed = child;
        for (int i = 0; i < key.columns().size(); i++) {
            changed = changed.with(key.columns().get(i), action == Action.SET_NULL ? null : now.get(i));
        }
        return changed;
    }

    /** One row's change as changes of entries: another key is a removal and a new row. */
    public static void change(
            SqlTable table, @Nullable SqlRow before, @Nullable SqlRow after, KnownRows rows, List<RowChange> changes) {
        if (before != null && (after == null || !key(table, before).equals(key(table, after)))) {
            rows.remove(table, before);
            changes.add(new RowChange(table, key(table, before), null));
        }
        if (after != null) {
            rows.put(table, after);
            changes.add(new RowChange(table, key(table, after), after));
        }
    }

    private static SqlRow key(SqlTable table, SqlRow row) {
        Map<String, @Nullable Object> values = new HashMap<>();
        table.primaryKey().forEach(name -> values.put(name, row.value(name)));
        return SqlRow.of(values);
    }
}
