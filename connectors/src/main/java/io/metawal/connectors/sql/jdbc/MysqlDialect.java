package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** MySQL 8 and MariaDB 10.5 and later, by MariaDB's driver. Times and decimals are asked for as text, so that the driver does not touch them. */
final class MysqlDialect implements JdbcDialect {
    private static final String SQL_MODE =
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'";

    private final SqlEngine engine;

    MysqlDialect(SqlEngine engine) {
        this.engine = engine;
    }

    @Override
    public SqlEngine engine() {
        return engine;
    }

    @Override
    public Connection open(SqlUrl url) {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        properties.setProperty("password", url.password());
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("yearIsDateType", "false");
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("sslMode", sslMode(url.options().getOrDefault("sslmode", "disable")));
        if (url.options().containsKey("sslcert") || url.options().containsKey("sslkey")) {
            throw new UsageException(
                    url + ": sslcert and sslkey are for PostgreSQL alone: the binary log is read without a"
                            + " certificate of our own. Leave them out, and let the server ask for a password");
        }
        String authority = url.options().get("sslrootcert");
        if (authority != null) {
            properties.setProperty("serverSslCert", authority);
        }
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        String address = "jdbc:mariadb://" + host + ":" + url.port() + "/"
                + URLEncoder.encode(url.database(), StandardCharsets.UTF_8).replace("+", "%20");
        return Sessions.open(url.toString(), () -> DriverManager.getConnection(address, properties), connection -> {
            Query.run(
                    connection,
                    SQL_MODE,
                    "SET SESSION time_zone = '+00:00'",
                    "SET NAMES utf8mb4",
                    "SET SESSION sql_quote_show_create = 1",
                    "SET SESSION wait_timeout = 86400",
                    "SET SESSION net_write_timeout = 3600");
            SqlEngine found = serverOf(connection);
            if (url.engine() == SqlEngine.MARIADB && found == SqlEngine.MYSQL) {
                throw new UsageException(url + " is MySQL, not MariaDB: expected mysql:// in its URL");
            }
            if (found == SqlEngine.MYSQL) {
                Query.run(connection, "SET SESSION information_schema_stats_expiry = 0");
            }
        });
    }

    private static String sslMode(String word) {
        return switch (word) {
            case "disable" -> "disable";
            case "require" -> "trust";
            case "verify-ca", "verify-full" -> word;
            default ->
                throw new UsageException("sslmode=" + word
                        + " is not known for MySQL: expected disable, require, verify-ca or verify-full");
        };
    }

    /** MySQL or MariaDB, by what the server says of itself. */
    static SqlEngine serverOf(Connection connection) throws SQLException {
        String version = Objects.requireNonNull(Query.value(connection, "SELECT VERSION()"));
        return version.toLowerCase(Locale.ROOT).contains("mariadb") ? SqlEngine.MARIADB : SqlEngine.MYSQL;
    }

    @Override
    public List<SqlTable> describe(Connection connection, String schema) throws SQLException {
        return MysqlTables.describe(connection, schema, serverOf(connection));
    }

    @Override
    public void read(Connection connection, SqlTable table, Consumer<SqlRow> rows) throws SQLException {
        if (table.columns().isEmpty()) {
            return;
        }
        String values = table.columns().stream().map(this::selected).collect(Collectors.joining(","));
        try (Statement statement =
                connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            statement.setFetchSize(1);
            try (ResultSet found = statement.executeQuery("SELECT " + values + " FROM " + quoted(table))) {
                while (found.next()) {
                    rows.accept(row(table, found));
                }
            }
        }
    }

    @Override
    public String selected(SqlColumn column) {
        String name = quoted(column.name());
        return switch (column.type()) {
            case DATE, TIME, TIMESTAMP, TIMESTAMP_ZONED, DECIMAL, UUID, PRINTED -> "CAST(" + name + " AS CHAR)";
            case FLOAT -> name + " + 0e0";
            case BOOL -> name + " + 0";
            default -> name;
        };
    }

    @Override
    public SqlRow row(SqlTable table, ResultSet found) throws SQLException {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            SqlColumn column = table.columns().get(i);
            Object value = column.type() == SqlType.BYTES ? found.getBytes(i + 1) : found.getString(i + 1);
            try {
                values.put(column.name(), normal(column, value));
            } catch (MetawalException e) {
                throw new MetawalException(e.code(), "table " + table + ", " + e.text(), e);
            }
        }
        return SqlRow.of(values);
    }

    @Override
    public @Nullable Object normal(SqlColumn column, @Nullable Object fromDriver) {
        return Normal.of(column, fromDriver);
    }

    @Override
    public OptionalLong counterNext(Connection connection, SqlTable table) throws SQLException {
        String next = Query.value(
                connection,
                "SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                table.schema(),
                table.name());
        return next == null || Long.parseUnsignedLong(next) <= 1
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseUnsignedLong(next) - 1);
    }

    @Override
    public String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
