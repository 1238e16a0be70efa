package io.metawal.connectors.risingwave.simulated.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a meta store as they must be, apart from any database: inserts, updates and deletes, with what foreign keys take along.
 */
final class SimulatedTables {
    private final LevelSchema schema;
    private final SortedMap<String, SortedMap<String, SortedMap<String, @Nullable String>>> tables = new TreeMap<>();

    SimulatedTables(LevelSchema schema, SqlDump begin) {
        this.schema = schema;
        for (String table : begin.tables()) {
            SortedMap<String, SortedMap<String, @Nullable String>> rows = new TreeMap<>();
            begin.rows(table).forEach(row -> rows.put(key(table, row), new TreeMap<>(row)));
            tables.put(table, rows);
        }
    }

    private String key(String table, Map<String, @Nullable String> row) {
        List<String> columns = schema.has(table) ? schema.table(table).primaryKey() : new ArrayList<>(row.keySet());
        StringBuilder key = new StringBuilder();
        columns.forEach(column -> key.append(row.get(column)).append('/'));
        return key.toString();
    }

    Collection<SortedMap<String, @Nullable String>> rows(String table) {
        return tables.getOrDefault(table, new TreeMap<>()).values();
    }

    void insert(String table, Map<String, @Nullable String> row) {
        SortedMap<String, @Nullable String> before = rowsOf(table).put(key(table, row), new TreeMap<>(row));
        if (before != null) {
            throw new IllegalStateException("a row like " + before + " is in " + table + " already");
        }
    }

    private SortedMap<String, SortedMap<String, @Nullable String>> rowsOf(String table) {
        return tables.computeIfAbsent(table, name -> new TreeMap<>());
    }

    /** Changes every row that has these values; says how many. */
    int update(String table, Map<String, @Nullable String> where, Map<String, @Nullable String> changes) {
        List<SortedMap<String, @Nullable String>> found = find(table, where);
        found.forEach(row -> row.putAll(changes));
        return found.size();
    }

    List<SortedMap<String, @Nullable String>> find(String table, Map<String, @Nullable String> where) {
        List<String> key = schema.has(table) ? schema.table(table).primaryKey() : List.of();
        if (!key.isEmpty() && where.keySet().containsAll(key)) {
            SortedMap<String, @Nullable String> row = rowsOf(table).get(key(table, where));
            return row == null || !row.entrySet().containsAll(where.entrySet()) ? List.of() : List.of(row);
        }
        return rows(table).stream()
                .filter(row -> row.entrySet().containsAll(where.entrySet()))
                .toList();
    }

    /** Deletes every row that has these values, and those that go with them. */
    int delete(String table, Map<String, @Nullable String> where) {
        List<SortedMap<String, @Nullable String>> gone = find(table, where);
        gone.forEach(row -> delete(table, key(table, row), row));
        return gone.size();
    }

    private void delete(String table, String key, Map<String, @Nullable String> row) {
        if (rowsOf(table).remove(key) == null) {
            return;
        }
        for (LevelTable child : schema.tables()) {
            for (LevelTable.Link link : child.links()) {
                if (link.parent().equals(table)) {
                    Map<String, @Nullable String> where = new TreeMap<>();
                    where.put(link.column(), row.get(link.parentColumn()));
                    if (link.cascades()) {
                        int unused = delete(child.name(), where);
                    } else if (!find(child.name(), where).isEmpty()) {
                        throw new IllegalStateException(
                                link.name() + " keeps a row of " + table + " that is to be deleted: " + where);
                    }
                }
            }
        }
    }

    SqlDump dump() {
        SortedMap<String, List<SortedMap<String, @Nullable String>>> copy = new TreeMap<>();
        tables.forEach((table, rows) -> {
            List<SortedMap<String, @Nullable String>> all = new ArrayList<>();
            rows.values().forEach(row -> all.add(new TreeMap<>(row)));
            copy.put(table, all);
        });
        return new SqlDump(copy);
    }
}
