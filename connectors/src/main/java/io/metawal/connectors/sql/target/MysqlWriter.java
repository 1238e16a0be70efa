package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows by {@code INSERT} statements of many rows each, of about a mebibyte. */
final class MysqlWriter implements RowWriter {
    private static final int ROWS_MAX = 500;
    private static final long BYTES_MAX = 1 << 20;
    private static final int VALUE_BYTES = 16;

    private final Connection connection;
    private final SqlTable table;
    private final List<SqlRow> waiting = new ArrayList<>();
    private long bytes;

    MysqlWriter(Connection connection, SqlTable table) {
        this.connection = connection;
        this.table = table;
    }

    @Override
    public void add(SqlRow row) throws SQLException {
        waiting.add(row);
        for (Object value : row.values().values()) {
            bytes += VALUE_BYTES + size(value);
        }
        if (waiting.size() >= ROWS_MAX || bytes >= BYTES_MAX) {
            finish();
        }
    }

    private static long size(@Nullable Object value) {
        if (value instanceof ByteString blob) {
            return blob.size();
        }
        if (value instanceof JsonText json) {
            return json.text().length();
        }
        return value instanceof String text ? text.length() : 0;
    }

    @Override
    public void finish() throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        String columns = table.columns().stream()
                .map(column -> SqlText.quoted(table.engine(), column.name()))
                .collect(Collectors.joining(","));
        String places =
                "(" + String.join(",", Collections.nCopies(table.columns().size(), "?")) + ")";
        String sql = "INSERT INTO " + SqlText.quoted(table) + " (" + columns + ") VALUES "
                + String.join(",", Collections.nCopies(waiting.size(), places));
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int at = 1;
            for (SqlRow row : waiting) {
                for (SqlColumn column : table.columns()) {
                    set(insert, at++, column, row.value(column.name()));
                }
            }
            insert.executeUpdate();
        }
        waiting.clear();
        bytes = 0;
    }

    private static void set(PreparedStatement insert, int at, SqlColumn column, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            insert.setNull(at, java.sql.Types.NULL);
        } else if (value instanceof ByteString blob) {
            insert.setBytes(at, blob.toByteArray());
        } else if (value instanceof Long number) {
            insert.setLong(at, number);
        } else if (value instanceof Boolean truth) {
            insert.setInt(at, truth ? 1 : 0);
        } else if (value instanceof Double number) {
            insert.setDouble(at, number);
        } else {
            insert.setString(at, text(column, value));
        }
    }

    /** Sessions are in UTC, and MySQL knows no Z. */
    static String text(SqlColumn column, Object value) {
        String text = value instanceof JsonText json ? json.text() : value.toString();
        boolean zoned = column.type() == io.metawal.connectors.sql.row.SqlType.TIMESTAMP_ZONED && text.endsWith("Z");
        return zoned ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void abandon() {
        waiting.clear();
    }
}
