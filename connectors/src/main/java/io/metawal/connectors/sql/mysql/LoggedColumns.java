package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table as the binary log has them: by their order, without a name.
 *
 * @param values what reads each column; null for one that the table's description leaves out, since the server computes it
 */
record LoggedColumns(SqlTable table, List<@Nullable CellReader> values) {
    private static final String COLUMNS =
            "SELECT TABLE_NAME AS t, COLUMN_NAME AS name, DATA_TYPE AS base, CHARACTER_SET_NAME AS charset, EXTRA AS extra"
                    + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION";
    private static final Set<String> UNREAD = Set.of("inet4", "inet6");

    /**
     * Those of several tables, by the table's name.
     *
     * @throws UnsupportedFormatException naming the columns that cannot be read out of the log
     */
    static Map<String, LoggedColumns> read(MysqlServer server, Collection<SqlTable> tables) {
        Map<String, List<@Nullable CellReader>> byTable = new HashMap<>();
        Map<String, SqlTable> known = new HashMap<>();
        tables.forEach(table -> known.put(table.name(), table));
        List<String> wrong = new ArrayList<>();
        for (Query.Row row : server.rows(COLUMNS, server.url().schema())) {
            SqlTable table = known.get(row.text("t"));
            if (table != null) {
                SqlColumn column = table.column(row.text("name")).orElse(null);
                byTable.computeIfAbsent(table.name(), any -> new ArrayList<>())
                        .add(column == null ? null : reader(server, table, column, row, wrong));
            }
        }
        if (!wrong.isEmpty()) {
            throw new UnsupportedFormatException(server.url() + ": columns that cannot be read out of the binary log: "
                    + String.join("; ", wrong) + ". Change their types or character sets, or leave the tables out");
        }
        Map<String, LoggedColumns> all = new HashMap<>();
        tables.forEach(table ->
                all.put(table.name(), new LoggedColumns(table, byTable.getOrDefault(table.name(), List.of()))));
        return all;
    }

    private static @Nullable CellReader reader(
            MysqlServer server, SqlTable table, SqlColumn column, Query.Row row, List<String> wrong) {
        String charset = row.text("charset");
        boolean compressed = column.declared().contains("COMPRESSED");
        if (UNREAD.contains(row.text("base"))
                || compressed
                || !charset.isEmpty() && MysqlText.of(charset).isEmpty()) {
            wrong.add(table + "." + column.name() + " " + column.declared()
                    + (charset.isEmpty() ? "" : " CHARACTER SET " + charset));
            return null;
        }
        return new CellReader(
                server.dialect(),
                column,
                row.text("base"),
                MysqlText.of(charset).orElse(MysqlText.BINARY));
    }

    /** A row of the log; null for none. */
    @Nullable
    SqlRow row(@Nullable List<@Nullable Object> cells) {
        if (cells == null) {
            return null;
        }
        Map<String, @Nullable Object> row = new HashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            CellReader reader = values.get(i);
            if (reader != null) {
                row.put(reader.column().name(), reader.read(cells.get(i)));
            }
        }
        return SqlRow.of(row);
    }
}
