package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** PostgreSQL, 11 and later. Rows are read by {@code COPY}: the server's own text, one row at a time. */
final class PostgresDialect implements JdbcDialect {
    private static final String[] SESSION = {
        "SET TIME ZONE 'UTC'",
        "SET DateStyle = 'ISO, YMD'",
        "SET IntervalStyle = 'postgres'",
        "SET extra_float_digits = 1",
        "SET bytea_output = 'hex'",
        "SET row_security = off",
        PostgresLimits.LIFT
    };

    @Override
    public SqlEngine engine() {
        return SqlEngine.POSTGRESQL;
    }

    @Override
    public Connection open(SqlUrl url) {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        properties.setProperty("password", url.password());
        properties.setProperty("ApplicationName", "metawal");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("binaryTransfer", "false");
        properties.setProperty("stringtype", "unspecified");
        url.options().forEach((name, value) -> {
            if (name.startsWith("ssl")) {
                properties.setProperty(name, value);
            }
        });
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        String address = "jdbc:postgresql://" + host + ":" + url.port() + "/" + escaped(url.database());
        return Sessions.open(url.toString(), () -> DriverManager.getConnection(address, properties), connection -> {
            Query.run(connection, SESSION);
            String encoding = Query.value(connection, "SHOW server_encoding");
            if ("SQL_ASCII".equals(encoding)) {
                throw new UnsupportedFormatException(url + " has the encoding SQL_ASCII, so its text is of no known"
                        + " encoding: expected UTF8, or another that PostgreSQL converts to it");
            }
        });
    }

    private static String escaped(String name) {
        return java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    @Override
    public List<SqlTable> describe(Connection connection, String schema) throws SQLException {
        return describe(connection, schema, table -> true);
    }

    @Override
    public List<SqlTable> describe(Connection connection, String schema, Predicate<String> wanted) throws SQLException {
        return PostgresTables.describe(connection, schema, wanted);
    }

    @Override
    public void read(Connection connection, SqlTable table, Consumer<SqlRow> rows) throws SQLException {
        if (table.columns().isEmpty()) {
            return;
        }
        String names =
                table.columns().stream().map(column -> quoted(column.name())).collect(Collectors.joining(","));
        String copy = "COPY (SELECT " + names + " FROM ONLY " + quoted(table) + ") TO STDOUT";
        CopyOut out = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
        try {
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                rows.accept(row(table, CopyText.fields(row)));
            }
        } finally {
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
    }

    @Override
    public String selected(SqlColumn column) {
        return quoted(column.name());
    }

    /** In text form the driver gives what the server prints, as COPY does. */
    @Override
    public SqlRow row(SqlTable table, ResultSet found) throws SQLException {
        List<@Nullable String> fields = new ArrayList<>();
        for (int i = 1; i <= table.columns().size(); i++) {
            fields.add(found.getString(i));
        }
        return row(table, fields);
    }

    private SqlRow row(SqlTable table, List<@Nullable String> fields) {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            SqlColumn column = table.columns().get(i);
            values.put(column.name(), normal(column, fields.get(i)));
        }
        return SqlRow.of(values);
    }

    @Override
    public @Nullable Object normal(SqlColumn column, @Nullable Object fromDriver) {
        return Normal.of(column, fromDriver);
    }

    @Override
    public OptionalLong counterNext(Connection connection, SqlTable table) throws SQLException {
        SqlColumn counter = table.counter().orElse(null);
        String sequence = counter == null
                ? null
                : Query.value(connection, "SELECT pg_get_serial_sequence(?, ?)", quoted(table), counter.name());
        if (sequence == null) {
            return OptionalLong.empty();
        }
        Query.Row state = Query.rows(connection, "SELECT last_value, is_called FROM " + sequence)
                .get(0);
        long last = state.holds("is_called") ? state.number("last_value") : state.number("last_value") - 1;
        return last < 1 ? OptionalLong.empty() : OptionalLong.of(last);
    }

    @Override
    public String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
