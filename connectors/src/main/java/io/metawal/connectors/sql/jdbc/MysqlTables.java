package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Tables of MySQL and MariaDB, out of {@code information_schema} and {@code SHOW CREATE TABLE}. */
final class MysqlTables {
    private static final String TABLES = "SELECT TABLE_NAME AS name FROM information_schema.TABLES"
            + " WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY BINARY TABLE_NAME";
    private static final String COLUMNS =
            "SELECT COLUMN_NAME AS name, DATA_TYPE AS base, COLUMN_TYPE AS declared, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS expression,"
                    + " EXTRA AS extra, CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS"
                    + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";
    private static final String KEY = "SELECT COLUMN_NAME AS name FROM information_schema.KEY_COLUMN_USAGE"
            + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION";
    private static final String PARENTS =
            "SELECT DISTINCT REFERENCED_TABLE_NAME AS name FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ?"
                    + " AND TABLE_NAME = ? AND REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA AND REFERENCED_TABLE_NAME <> TABLE_NAME"
                    + " ORDER BY REFERENCED_TABLE_NAME";
    private static final Pattern LINK = Pattern.compile("\\s*CONSTRAINT `(?:[^`]|``)*` FOREIGN KEY .*");
    private static final Pattern COUNTER = Pattern.compile("^(\\) ENGINE=\\w+) AUTO_INCREMENT=\\d+");

    private MysqlTables() {}

    static List<SqlTable> describe(Connection connection, String schema, SqlEngine engine) throws SQLException {
        List<SqlTable> tables = new ArrayList<>();
        for (String name : names(connection, TABLES, schema)) {
            tables.add(table(connection, schema, name, engine));
        }
        return tables;
    }

    private static List<String> names(Connection connection, String sql, Object... parameters) throws SQLException {
        return Query.rows(connection, sql, parameters).stream()
                .map(each -> each.text("name"))
                .toList();
    }

    private static SqlTable table(Connection connection, String schema, String name, SqlEngine engine)
            throws SQLException {
        String quoted = "`" + name.replace("`", "``") + "`";
        String create = Query.rows(connection, "SHOW CREATE TABLE `" + schema.replace("`", "``") + "`." + quoted)
                .get(0)
                .text("create table");
        List<SqlColumn> columns = new ArrayList<>();
        for (Query.Row column : Query.rows(connection, COLUMNS, schema, name)) {
            if (!column.text("extra").toUpperCase(java.util.Locale.ROOT).contains("GENERATED")
                    || column.text("extra").contains("DEFAULT_GENERATED")) {
                columns.add(column(column, create, schema + "." + name));
            }
        }
        List<String> lines = new ArrayList<>();
        List<String> links = new ArrayList<>();
        for (String line : create.split("\n", -1)) {
            if (LINK.matcher(line).matches()) {
                String bare = line.strip();
                links.add("ALTER TABLE " + quoted + " ADD "
                        + (bare.endsWith(",") ? bare.substring(0, bare.length() - 1) : bare));
            } else {
                lines.add(line.startsWith(")") ? COUNTER.matcher(line).replaceFirst("$1") : line);
            }
        }
        return new SqlTable(
                engine,
                schema,
                name,
                columns,
                names(connection, KEY, schema, name),
                names(connection, PARENTS, schema, name),
                List.of(withoutLastComma(lines)),
                links.stream().sorted().toList());
    }

    /** A list whose last lines were taken out ends in a comma. */
    private static String withoutLastComma(List<String> lines) {
        return String.join("\n", lines).replaceFirst(",\n\\)", "\n)");
    }

    private static SqlColumn column(Query.Row column, String create, String table) {
        boolean counts = column.text("extra").toLowerCase(java.util.Locale.ROOT).contains("auto_increment");
        return new SqlColumn(
                column.text("name"),
                MysqlTypes.of(column, create, table),
                column.text("declared"),
                column.holds("nullable"),
                column.text("expression"),
                counts ? SqlColumn.Counting.UP : SqlColumn.Counting.NONE);
    }
}
