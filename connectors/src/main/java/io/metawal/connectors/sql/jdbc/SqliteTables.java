package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Tables of a SQLite file, out of {@code sqlite_master} and pragmas. Foreign keys stay in the table's own statement. */
final class SqliteTables {
    private static final String TABLES =
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    private static final String MORE =
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name";

    private SqliteTables() {}

    static List<SqlTable> describe(Connection connection) throws SQLException {
        List<SqlTable> tables = new ArrayList<>();
        for (Query.Row table : Query.rows(connection, TABLES)) {
            tables.add(table(connection, table.text("name"), table.text("sql")));
        }
        return tables;
    }

    private static SqlTable table(Connection connection, String name, String create) throws SQLException {
        if (create.toUpperCase(Locale.ROOT).startsWith("CREATE VIRTUAL")) {
            throw new UnsupportedFormatException(
                    "table main." + name + " is a virtual one: only plain tables can be captured. Leave it out");
        }
        List<Query.Row> info = Query.rows(
                connection, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)", name);
        List<Query.Row> key = info.stream()
                .filter(each -> each.number("pk") > 0)
                .sorted(Comparator.comparingLong(each -> each.number("pk")))
                .toList();
        boolean rowId = key.size() == 1
                && key.get(0).text("type").equalsIgnoreCase("integer")
                && !create.toUpperCase(Locale.ROOT).contains("WITHOUT ROWID");
        List<SqlColumn> columns = info.stream()
                .filter(each -> each.number("hidden") == 0)
                .map(each -> column(each, rowId))
                .toList();
        List<String> ddl = new ArrayList<>(List.of(create));
        Query.rows(connection, MORE, name).forEach(index -> ddl.add(index.text("sql")));
        Stream<String> parents =
                Query.rows(connection, "SELECT DISTINCT \"table\" AS parent FROM pragma_foreign_key_list(?)", name)
                        .stream()
                        .map(each -> each.text("parent"));
        return new SqlTable(
                SqlEngine.SQLITE,
                "main",
                name,
                columns,
                key.stream().map(each -> each.text("name")).toList(),
                parents.filter(parent -> !parent.equalsIgnoreCase(name))
                        .sorted()
                        .toList(),
                ddl,
                List.of());
    }

    private static SqlColumn column(Query.Row column, boolean rowId) {
        boolean inKey = column.number("pk") > 0;
        boolean counts = inKey && rowId;
        return new SqlColumn(
                column.text("name"),
                typeOf(column.text("type").toLowerCase(Locale.ROOT)),
                column.text("type"),
                !column.holds("notnull") && !counts,
                column.text("dflt_value"),
                counts ? SqlColumn.Counting.UP : SqlColumn.Counting.NONE);
    }

    /** By the words that the ORMs write, then by SQLite's own rules of affinity. */
    private static SqlType typeOf(String declared) {
        if (declared.contains("bool")) {
            return SqlType.BOOL;
        }
        if (declared.contains("uuid")) {
            return SqlType.UUID;
        }
        if (declared.contains("json")) {
            return SqlType.JSON;
        }
        if (declared.contains("timestamp") && declared.contains("zone")) {
            return SqlType.TIMESTAMP_ZONED;
        }
        if (declared.contains("timestamp") || declared.contains("datetime")) {
            return SqlType.TIMESTAMP;
        }
        if (declared.contains("date")) {
            return SqlType.DATE;
        }
        if (declared.contains("time")) {
            return SqlType.TIME;
        }
        if (declared.contains("int")) {
            return SqlType.INTEGER;
        }
        if (declared.contains("char") || declared.contains("clob") || declared.contains("text")) {
            return SqlType.TEXT;
        }
        if (declared.contains("blob") || declared.contains("binary") || declared.isEmpty()) {
            return SqlType.BYTES;
        }
        boolean real = declared.contains("real") || declared.contains("floa") || declared.contains("doub");
        return real ? SqlType.FLOAT : SqlType.DECIMAL;
    }
}
