package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.file.LineSink;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * For the clients of MySQL, MariaDB and SQLite: rows by {@code INSERT}. Bytes stand in hex, and so does text with a backslash or control
 * characters, which the clients and servers read in several ways.
 */
final class InsertDump implements DumpWriter {
    private static final int LINE_MAX = 1 << 19;

    private final SqlEngine engine;
    private String insert = "";
    private long length;

    InsertDump(SqlEngine engine) {
        this.engine = engine;
    }

    private boolean sqlite() {
        return engine == SqlEngine.SQLITE;
    }

    @Override
    public String name(SqlTable table) {
        return SqlText.quoted(engine, table.name());
    }

    @Override
    public String command(Path file) {
        return switch (engine) {
            case SQLITE -> "sqlite3 -bail DATABASE < " + file;
            case MARIADB -> "mariadb --default-character-set=utf8mb4 DATABASE < " + file;
            default -> "mysql --default-character-set=utf8mb4 DATABASE < " + file;
        };
    }

    @Override
    public void begin(Consumer<String> lines) {
        if (sqlite()) {
            lines.accept("PRAGMA foreign_keys = OFF;");
            lines.accept("BEGIN IMMEDIATE;");
            return;
        }
        lines.accept("SET NAMES utf8mb4;");
        lines.accept("SET SESSION time_zone = '+00:00';");
        lines.accept("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';");
        lines.accept("SET SESSION foreign_key_checks = 0;");
    }

    @Override
    public void create(SqlTable table, Consumer<String> lines) {
        table.ddl().forEach(statement -> lines.accept(statement + ";"));
    }

    @Override
    public void before(
            TableOrder order, Map<String, Long> counters, SqlTargetOptions.Schema schema, Consumer<String> lines) {
        if (sqlite()) {
            return;
        }
        for (SqlTable table : order.tables()) {
            if (schema == SqlTargetOptions.Schema.CREATE) {
                table.links().forEach(statement -> lines.accept(statement + ";"));
            }
            Long last = counters.get(table.name());
            if (last != null && table.counter().isPresent()) {
                lines.accept("ALTER TABLE " + name(table) + " AUTO_INCREMENT = " + (last + 1) + ";");
            }
        }
        lines.accept("START TRANSACTION;");
    }

    @Override
    public void open(SqlTable table, LineSink out) {
        insert = "INSERT INTO " + name(table) + " ("
                + table.columns().stream()
                        .map(column -> SqlText.quoted(engine, column.name()))
                        .collect(Collectors.joining(","))
                + ") VALUES";
        length = 0;
    }

    @Override
    public void row(SqlTable table, SqlRow row, LineSink out) {
        String values = table.columns().stream()
                .map(column -> literal(column, row.value(column.name())))
                .collect(Collectors.joining(",", "\n(", ")"));
        out.write(SqlDump.utf8((length == 0 ? insert : ",") + values));
        length += values.length();
        if (length > LINE_MAX) {
            end(out);
            length = 0;
        }
    }

    @Override
    public void end(LineSink out) {
        if (length > 0) {
            out.line(";");
        }
    }

    private String literal(SqlColumn column, @Nullable Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof ByteString bytes) {
            return "X'" + HexFormat.of().formatHex(bytes.toByteArray()) + "'";
        }
        if (value instanceof Boolean truth) {
            return truth ? "1" : "0";
        }
        if (value instanceof Long number) {
            // SQLite reads the digits of the smallest as too large before it sees the sign.
            return number == Long.MIN_VALUE ? "(-9223372036854775807 - 1)" : number.toString();
        }
        if (value instanceof Double) {
            return value.toString();
        }
        if (sqlite() && column.type() == SqlType.FLOAT && value.toString().endsWith("Infinity")) {
            return value.toString().startsWith("-") ? "-9e999" : "9e999";
        }
        String text = sqlite() && value instanceof String plain ? plain : MysqlWriter.text(column, value);
        return text(value instanceof JsonText json ? json.text() : text);
    }

    private String text(String text) {
        boolean strange = text.chars().anyMatch(c -> c == '\\' || c < ' ' || c == 0x7F);
        if (!strange) {
            return SqliteTarget.text(text);
        }
        String hex = "X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
        return sqlite() ? "CAST(" + hex + " AS TEXT)" : "CONVERT(" + hex + " USING utf8mb4)";
    }

    @Override
    public void after(
            TableOrder order,
            Map<String, Long> counters,
            RowDigests written,
            SqlTargetOptions.Schema schema,
            Consumer<String> lines) {
        if (!sqlite()) {
            return;
        }
        for (SqlTable table : order.tables()) {
            long last = Math.max(counters.getOrDefault(table.name(), 0L), written.largest(table));
            boolean counts = table.ddl().get(0).toUpperCase(Locale.ROOT).contains("AUTOINCREMENT");
            if (last > 0 && counts && table.counter().isPresent()) {
                String name = SqliteTarget.text(table.name());
                lines.accept("DELETE FROM sqlite_sequence WHERE name = " + name + ";");
                lines.accept("INSERT INTO sqlite_sequence (name, seq) VALUES (" + name + ", " + last + ");");
            }
        }
    }
}
