package io.metawal.connectors.sql.compare;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of a database's tables by their primary keys, over a connection of its own that is opened when it is needed. Each read is one
 * statement, so it is of one moment. For one thread.
 */
final class TableReader implements AutoCloseable {
    private static final int FETCHED_ROWS = 100;

    private final SqlUrl url;
    private final JdbcDialect dialect;
    private @Nullable Connection open;

    TableReader(SqlUrl url) {
        this.url = url;
        this.dialect = JdbcDialect.of(url.engine());
    }

    /** How much of a table is read at once. */
    record Bounds(int rowsMax, long bytesMax) {}

    /**
     * Rows in the order of the primary key.
     *
     * @param end whether the table has none after them
     */
    record Rows(List<SqlRow> rows, boolean end) {}

    /** The rows after one, in the order of the primary key as the database has it; the first ones where {@code after} is null. */
    Rows after(SqlTable table, @Nullable SqlRow after, Bounds bounds) {
        String where = after == null ? "" : " WHERE " + later(table);
        String sql = "SELECT " + columns(table) + " FROM " + from(table) + where + " ORDER BY " + keys(table, "")
                + " LIMIT " + (bounds.rowsMax() + 1);
        return asking("rows of " + table, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(fetched());
                if (after != null) {
                    bindLater(statement, table, after);
                }
                return rows(table, statement, bounds);
            }
        });
    }

    /** The row whose key is the greatest; empty where the table is. */
    Optional<SqlRow> newest(SqlTable table) {
        String sql =
                "SELECT " + columns(table) + " FROM " + from(table) + " ORDER BY " + keys(table, " DESC") + " LIMIT 1";
        return asking("the newest row of " + table, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return rows(table, statement, new Bounds(1, Long.MAX_VALUE)).rows().stream()
                        .findFirst();
            }
        });
    }

    /** Of these rows' keys, those that the table has, as {@link SqlRow#key} writes them. */
    Set<String> present(SqlTable table, List<SqlRow> rows) {
        String one = "("
                + table.primaryKey().stream()
                        .map(name -> dialect.quoted(name) + " = ?")
                        .collect(Collectors.joining(" AND "))
                + ")";
        String sql = "SELECT " + columns(table) + " FROM " + from(table) + " WHERE "
                + String.join(" OR ", Collections.nCopies(rows.size(), one));
        return asking("keys of " + table, connection -> {
            Set<String> found = new HashSet<>();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int at = 1;
                for (SqlRow row : rows) {
                    for (String name : table.primaryKey()) {
                        bind(statement, at++, column(table, name), row.value(name));
                    }
                }
                rows(table, statement, new Bounds(Integer.MAX_VALUE - 1, Long.MAX_VALUE))
                        .rows()
                        .forEach(row -> found.add(row.key(table.primaryKey())));
            }
            return found;
        });
    }

    /** Of these keys, those that the table has, found by reading all of it: by no condition that could fit otherwise than it is meant. */
    Set<String> scanned(SqlTable table, Set<String> keys) {
        return asking("all rows of " + table, connection -> {
            Set<String> found = new HashSet<>();
            dialect.read(connection, table, row -> {
                String key = row.key(table.primaryKey());
                if (keys.contains(key)) {
                    found.add(key);
                }
            });
            return found;
        });
    }

    private Rows rows(SqlTable table, PreparedStatement statement, Bounds bounds) throws SQLException {
        List<SqlRow> rows = new ArrayList<>();
        long bytes = 0;
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                if (rows.size() == bounds.rowsMax() || bytes > bounds.bytesMax()) {
                    return new Rows(rows, false);
                }
                SqlRow row = dialect.row(table, found);
                bytes += RowCodec.encode(row).size();
                rows.add(row);
            }
        }
        return new Rows(rows, true);
    }

    private String columns(SqlTable table) {
        return table.columns().stream().map(dialect::selected).collect(Collectors.joining(","));
    }

    private String from(SqlTable table) {
        return (table.engine() == SqlEngine.POSTGRESQL ? "ONLY " : "") + dialect.quoted(table);
    }

    private String keys(SqlTable table, String direction) {
        return table.primaryKey().stream()
                .map(name -> dialect.quoted(name) + direction)
                .collect(Collectors.joining(","));
    }

    /** Written out, since MySQL finds no range of an index for a comparison of tuples. */
    private String later(SqlTable table) {
        List<String> ways = new ArrayList<>();
        List<String> same = new ArrayList<>();
        for (String name : table.primaryKey()) {
            List<String> all = new ArrayList<>(same);
            all.add(dialect.quoted(name) + " > ?");
            ways.add("(" + String.join(" AND ", all) + ")");
            same.add(dialect.quoted(name) + " = ?");
        }
        return String.join(" OR ", ways);
    }

    private static void bindLater(PreparedStatement statement, SqlTable table, SqlRow after) throws SQLException {
        int at = 1;
        for (int depth = 1; depth <= table.primaryKey().size(); depth++) {
            for (String name : table.primaryKey().subList(0, depth)) {
                bind(statement, at++, column(table, name), after.value(name));
            }
        }
    }

    private static SqlColumn column(SqlTable table, String name) {
        return table.column(name).orElseThrow();
    }

    private static void bind(PreparedStatement statement, int at, SqlColumn column, @Nullable Object value)
            throws SQLException {
        if (value instanceof Long number) {
            statement.setLong(at, number);
        } else if (value instanceof Double number) {
            statement.setDouble(at, number);
        } else if (value instanceof Boolean truth) {
            statement.setObject(at, truth);
        } else if (value instanceof ByteString bytes) {
            statement.setBytes(at, bytes.toByteArray());
        } else if (column.type() == SqlType.DECIMAL && value instanceof String digits && isNumber(digits)) {
            statement.setBigDecimal(at, new BigDecimal(digits));
        } else {
            String text = String.valueOf(value);
            boolean zoned = column.type() == SqlType.TIMESTAMP_ZONED && text.endsWith("Z");
            statement.setString(at, zoned ? text.substring(0, text.length() - 1) : text);
        }
    }

    private static boolean isNumber(String digits) {
        return digits.matches("-?\\d+(\\.\\d+)?");
    }

    private int fetched() {
        return url.engine() == SqlEngine.POSTGRESQL ? FETCHED_ROWS : 1;
    }

    private interface Asked<T> {
        T of(Connection connection) throws SQLException;
    }

    private <T> T asking(String what, Asked<T> asked) {
        Connection connection = open;
        if (connection == null) {
            connection = dialect.open(url);
            open = connection;
        }
        Connection through = connection;
        boolean done = false;
        try {
            // PostgreSQL's driver gives rows a few at a time in a transaction alone.
            boolean transaction = url.engine() == SqlEngine.POSTGRESQL;
            if (transaction) {
                through.setAutoCommit(false);
            }
            T answer = asked.of(through);
            if (transaction) {
                through.rollback();
            }
            done = true;
            return answer;
        } catch (SQLException e) {
            throw SqlFaults.toFault(url.toString(), what, e);
        } finally {
            if (!done) {
                close();
            }
        }
    }

    @Override
    public void close() {
        Connection connection = open;
        open = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException onlyRead) {
                org.slf4j.LoggerFactory.getLogger(TableReader.class)
                        .debug("a connection that is given up: {}", onlyRead.toString());
            }
        }
    }
}
