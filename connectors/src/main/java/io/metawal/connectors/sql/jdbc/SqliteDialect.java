package io.metawal.connectors.sql.jdbc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnreachableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * SQLite. A column holds values of any kind there: what stands in it is kept as it stands, also times, which are text or numbers. Only
 * 0 and 1 of a boolean column become false and true, and text of a JSON column is JSON.
 */
final class SqliteDialect implements JdbcDialect {
    private static final int BUSY_MILLIS = 30_000;

    @Override
    public SqlEngine engine() {
        return SqlEngine.SQLITE;
    }

    /** The file must be there; {@code ?create=yes} makes it. */
    @Override
    public Connection open(SqlUrl url) {
        SqliteLibrary.require();
        Path file = url.path();
        if (!Files.exists(file) && !"yes".equals(url.options().get("create"))) {
            throw new UnreachableException(url + ": there is no such file");
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        if (!"yes".equals(url.options().get("create"))) {
            // Were it gone by the time it is opened, an empty one would be made.
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        return Sessions.open(
                url.toString(),
                () -> DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), config.toProperties()),
                connection -> Query.value(connection, "SELECT COUNT(*) FROM sqlite_master"));
    }

    @Override
    public List<SqlTable> describe(Connection connection, String schema) throws SQLException {
        return SqliteTables.describe(connection);
    }

    @Override
    public void read(Connection connection, SqlTable table, Consumer<SqlRow> rows) throws SQLException {
        String names =
                table.columns().stream().map(column -> quoted(column.name())).collect(Collectors.joining(","));
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT " + names + " FROM " + quoted(table))) {
            while (found.next()) {
                rows.accept(row(table, found));
            }
        }
    }

    @Override
    public String selected(SqlColumn column) {
        return quoted(column.name());
    }

    @Override
    public SqlRow row(SqlTable table, ResultSet found) throws SQLException {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            SqlColumn column = table.columns().get(i);
            values.put(column.name(), normal(column, found.getObject(i + 1)));
        }
        return SqlRow.of(values);
    }

    @Override
    public @Nullable Object normal(SqlColumn column, @Nullable Object fromDriver) {
        if (fromDriver == null) {
            return null;
        }
        if (fromDriver instanceof byte[] bytes) {
            return ByteString.copyFrom(bytes);
        }
        if (fromDriver instanceof String text) {
            return column.type() == SqlType.JSON ? new JsonText(text) : text;
        }
        if (fromDriver instanceof Double || fromDriver instanceof Float) {
            return Normal.finite(((Number) fromDriver).doubleValue());
        }
        if (fromDriver instanceof Number number) {
            long whole = number.longValue();
            boolean truth = column.type() == SqlType.BOOL && (whole == 0 || whole == 1);
            return truth ? (Object) (whole == 1) : (Object) whole;
        }
        return fromDriver;
    }

    @Override
    public OptionalLong counterNext(Connection connection, SqlTable table) throws SQLException {
        if (Query.value(connection, "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'") == null) {
            return OptionalLong.empty();
        }
        String last = Query.value(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", table.name());
        return last == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(last));
    }

    @Override
    public String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
