package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows by one prepared statement. */
final class SqliteWriter implements RowWriter {
    private final SqlTable table;
    private final PreparedStatement insert;

    SqliteWriter(Connection connection, SqlTable table) throws SQLException {
        this.table = table;
        String columns = table.columns().stream()
                .map(column -> SqlText.quoted(table.engine(), column.name()))
                .collect(Collectors.joining(","));
        this.insert = connection.prepareStatement("INSERT INTO " + SqlText.quoted(table) + " (" + columns + ") VALUES ("
                + String.join(",", Collections.nCopies(table.columns().size(), "?")) + ")");
    }

    @Override
    public void add(SqlRow row) throws SQLException {
        int at = 1;
        for (SqlColumn column : table.columns()) {
            insert.setObject(at++, bound(column, row.value(column.name())));
        }
        insert.executeUpdate();
    }

    private static @Nullable Object bound(SqlColumn column, @Nullable Object value) {
        if (value instanceof ByteString bytes) {
            return bytes.toByteArray();
        }
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        if (value instanceof JsonText json) {
            return json.text();
        }
        boolean infinite = column.type() == SqlType.FLOAT && value instanceof String text && text.endsWith("Infinity");
        return infinite ? (Object) Double.valueOf((String) value) : value;
    }

    @Override
    public void finish() throws SQLException {
        insert.close();
    }

    @Override
    public void abandon() throws SQLException {
        insert.close();
    }
}
