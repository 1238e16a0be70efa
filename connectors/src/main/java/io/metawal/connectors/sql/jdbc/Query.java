package io.metawal.connectors.sql.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small queries, whole in memory, every value as text. */
public final class Query {
    private Query() {}

    /** A row of an answer: text by the lower-case label of its column. */
    public record Row(Map<String, @Nullable String> values) {
        /** Empty where it is NULL. */
        public String text(String column) {
            String value = values.get(column);
            return value == null ? "" : value;
        }

        public boolean isNull(String column) {
            return values.get(column) == null;
        }

        /** {@code t}, {@code true}, {@code 1}, {@code YES}. */
        public boolean holds(String column) {
            String text = text(column).toLowerCase(Locale.ROOT);
            return text.equals("t") || text.equals("true") || text.equals("1") || text.equals("yes");
        }

        public long number(String column) {
            return Long.parseLong(text(column));
        }
    }

    public static List<Row> rows(Connection connection, String sql, Object... parameters) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet found = statement.executeQuery()) {
                ResultSetMetaData columns = found.getMetaData();
                while (found.next()) {
                    Map<String, @Nullable String> row = new LinkedHashMap<>();
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        row.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), found.getString(i));
                    }
                    rows.add(new Row(row));
                }
            }
        }
        return rows;
    }

    /** The first value of the first row; null for NULL and for no row. */
    public static @Nullable String value(Connection connection, String sql, Object... parameters) throws SQLException {
        List<Row> rows = rows(connection, sql, parameters);
        return rows.isEmpty() ? null : rows.get(0).values().values().iterator().next();
    }

    public static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
