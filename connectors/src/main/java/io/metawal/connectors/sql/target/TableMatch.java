package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares the tables of a database with those that were captured: in the same kind of database exactly, else by what can be converted. */
final class TableMatch {
    private static final int SHOWN_MAX = 20;
    private static final Map<SqlType, Set<SqlType>> CONVERTS = new EnumMap<>(Map.of(
            SqlType.BOOL, Set.of(SqlType.INTEGER),
            SqlType.INTEGER, Set.of(SqlType.BOOL, SqlType.DECIMAL),
            SqlType.DECIMAL, Set.of(SqlType.INTEGER, SqlType.TEXT, SqlType.FLOAT),
            SqlType.FLOAT, Set.of(SqlType.DECIMAL),
            SqlType.TEXT, Set.of(SqlType.JSON, SqlType.PRINTED),
            SqlType.PRINTED, Set.of(SqlType.TEXT),
            SqlType.JSON, Set.of(SqlType.TEXT),
            SqlType.UUID, Set.of(SqlType.BYTES, SqlType.TEXT),
            SqlType.BYTES, Set.of(SqlType.UUID)));

    private final List<String> differences = new ArrayList<>();

    private TableMatch() {}

    /** @throws UnsupportedFormatException naming what differs */
    static void require(String where, Map<String, SqlTable> captured, Collection<SqlTable> found) {
        TableMatch match = new TableMatch();
        Map<String, SqlTable> there = new TreeMap<>();
        found.forEach(table -> there.put(table.name(), table));
        captured.forEach((name, table) -> match.compare(table, there.remove(name)));
        there.keySet().forEach(name -> match.differences.add("table " + name + " is there, and was not captured"));
        if (!match.differences.isEmpty()) {
            throw refused(where, match.differences);
        }
    }

    private static UnsupportedFormatException refused(String where, List<String> differences) {
        int more = differences.size() - SHOWN_MAX;
        return new UnsupportedFormatException(where + " does not have the tables that were captured: "
                + String.join("; ", differences.subList(0, Math.min(SHOWN_MAX, differences.size())))
                + (more > 0 ? "; and " + more + " more" : "")
                + ". Restore into an empty database of the same schema and migration level, or into one without tables"
                + " with --create-schema");
    }

    private void compare(SqlTable wanted, @org.jspecify.annotations.Nullable SqlTable found) {
        if (found == null) {
            differences.add("table " + wanted.name() + " is missing");
            return;
        }
        Map<String, SqlColumn> there = new TreeMap<>();
        found.columns().forEach(column -> there.put(column.name(), column));
        for (SqlColumn column : wanted.columns()) {
            SqlColumn other = there.remove(column.name());
            String name = "column " + wanted.name() + "." + column.name();
            if (other == null) {
                differences.add(name + " is missing");
            } else if (!fits(wanted, column, found, other)) {
                differences.add(name + ": expected " + shown(column) + ", found " + shown(other));
            }
        }
        there.keySet()
                .forEach(name ->
                        differences.add("column " + wanted.name() + "." + name + " is there, and was not captured"));
        if (!wanted.primaryKey().equals(found.primaryKey())) {
            differences.add("table " + wanted.name() + ": expected the primary key " + wanted.primaryKey() + ", found "
                    + found.primaryKey());
        }
    }

    private static boolean fits(SqlTable wanted, SqlColumn column, SqlTable found, SqlColumn other) {
        // SQLite says that a key may be NULL, which none can be that was captured.
        boolean key = wanted.engine() == SqlEngine.SQLITE && wanted.primaryKey().contains(column.name());
        if (column.nullable() && !other.nullable() && !key) {
            return false;
        }
        if (wanted.engine() == found.engine()) {
            return column.declared().equals(other.declared()) && column.nullable() == other.nullable();
        }
        return converts(column.type(), other.type());
    }

    static boolean converts(SqlType from, SqlType to) {
        boolean times = isTimestamp(from) && isTimestamp(to);
        return from == to || times || CONVERTS.getOrDefault(from, Set.of()).contains(to);
    }

    private static boolean isTimestamp(SqlType type) {
        return type == SqlType.TIMESTAMP || type == SqlType.TIMESTAMP_ZONED;
    }

    private static String shown(SqlColumn column) {
        return column.declared() + (column.nullable() ? " NULL" : " NOT NULL");
    }
}
