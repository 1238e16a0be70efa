package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What stands in all tables of a database at one moment, by plain SQL: rows as text by column, sorted. Bytes are hex after {@code \x},
 * numbers decimal, truths {@code true} and {@code false}, times {@code 2024-05-01 12:00:00.123456} without trailing zeros.
 */
public final class SqlDump {
    private static final Comparator<Map<String, @Nullable String>> ORDER = Comparator.comparing(row -> row.toString());

    private final SortedMap<String, List<SortedMap<String, @Nullable String>>> tables;

    SqlDump(SortedMap<String, List<SortedMap<String, @Nullable String>>> tables) {
        this.tables = tables;
        tables.values().forEach(rows -> rows.sort(ORDER));
    }

    /** Reads all in one transaction of its own, in which nothing changes; the connection's isolation is as before afterwards. */
    public static SqlDump of(Connection connection, SqlEngine engine) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        int isolation = connection.getTransactionIsolation();
        if (engine != SqlEngine.SQLITE) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        }
        connection.setAutoCommit(false);
        try {
            return read(connection, engine);
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
            if (engine != SqlEngine.SQLITE) {
                connection.setTransactionIsolation(isolation);
            }
        }
    }

    private static SqlDump read(Connection connection, SqlEngine engine) throws SQLException {
        SortedMap<String, List<SortedMap<String, @Nullable String>>> tables = new TreeMap<>();
        Ddl ddl = new Ddl(engine);
        if (engine == SqlEngine.POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL TIME ZONE 'UTC'");
            }
        }
        for (String table : names(connection, engine)) {
            List<SortedMap<String, @Nullable String>> rows = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT * FROM " + ddl.quoted(table))) {
                ResultSetMetaData columns = found.getMetaData();
                while (found.next()) {
                    SortedMap<String, @Nullable String> row = new TreeMap<>();
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        row.put(columns.getColumnName(i), DumpText.of(engine, columns.getColumnTypeName(i), found, i));
                    }
                    rows.add(row);
                }
            }
            tables.put(table, rows);
        }
        return new SqlDump(tables);
    }

    private static List<String> names(Connection connection, SqlEngine engine) throws SQLException {
        String sql = switch (engine) {
            case POSTGRESQL ->
                "SELECT table_name FROM information_schema.tables"
                        + " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
            case MYSQL, MARIADB ->
                "SELECT table_name FROM information_schema.tables"
                        + " WHERE table_schema = database() AND table_type = 'BASE TABLE'";
            case SQLITE -> "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        };
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    public Set<String> tables() {
        return tables.keySet();
    }

    /** Sorted; empty for a table that is not there. */
    public List<SortedMap<String, @Nullable String>> rows(String table) {
        return tables.getOrDefault(table, List.of());
    }

    public long rowCount() {
        return tables.values().stream().mapToLong(List::size).sum();
    }

    /** The same without these tables. */
    public SqlDump without(Collection<String> names) {
        SortedMap<String, List<SortedMap<String, @Nullable String>>> rest = new TreeMap<>(tables);
        rest.keySet().removeAll(names);
        return new SqlDump(rest);
    }

    /**
     * Where two dumps differ, in words; empty where they do not.
     *
     * @param ignoring names of tables that need not be the same
     */
    public static List<String> compare(SqlDump expected, SqlDump actual, String... ignoring) {
        List<String> differences = new ArrayList<>();
        Set<String> all = new TreeSet<>(expected.tables());
        all.addAll(actual.tables());
        all.removeAll(Arrays.asList(ignoring));
        for (String table : all) {
            if (!expected.tables.containsKey(table) || !actual.tables.containsKey(table)) {
                differences.add(
                        "table " + table + " is only " + (expected.tables.containsKey(table) ? "expected" : "found"));
                continue;
            }
            rows("missing from", table, expected.rows(table), actual.rows(table), differences);
            rows("too many in", table, actual.rows(table), expected.rows(table), differences);
        }
        return differences;
    }

    private static void rows(
            String word,
            String table,
            List<SortedMap<String, @Nullable String>> of,
            List<SortedMap<String, @Nullable String>> other,
            List<String> differences) {
        List<SortedMap<String, @Nullable String>> rest = new ArrayList<>(of);
        Set<SortedMap<String, @Nullable String>> known = Set.copyOf(other);
        rest.removeIf(known::contains);
        rest.forEach(row -> differences.add(word + " " + table + ": " + shortened(row)));
    }

    private static String shortened(Map<String, @Nullable String> row) {
        StringBuilder text = new StringBuilder();
        row.forEach((column, value) -> text.append(column)
                .append('=')
                .append(
                        value == null || value.length() <= 60
                                ? value
                                : value.substring(0, 60) + "… (" + value.length() + ")")
                .append(' '));
        return text.toString().trim();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SqlDump dump && tables.equals(dump.tables);
    }

    @Override
    public int hashCode() {
        return tables.hashCode();
    }

    @Override
    public String toString() {
        return rowCount() + " rows in " + tables.size() + " tables";
    }
}
