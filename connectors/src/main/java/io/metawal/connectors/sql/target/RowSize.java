package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How many bytes a row takes at least on its way to a server, which bounds them. */
final class RowSize {
    private RowSize() {}

    /** @param max in bytes, of one row */
    static void require(SqlUrl url, TargetEngine engine, SqlTable table, SqlRow row, long max) {
        if (max == Long.MAX_VALUE) {
            return;
        }
        long bytes = 0;
        for (Object value : row.values().values()) {
            bytes += of(value);
        }
        if (bytes > max) {
            throw new UnsupportedFormatException(url + ": the row " + table.name() + "/" + row.key(table.primaryKey())
                    + " has " + bytes + " bytes, and the server takes " + max + " in a statement ("
                    + engine.rowBytesSetting() + "). Nothing was written: raise " + engine.rowBytesSetting()
                    + " at the server and restore again");
        }
    }

    /** What a row takes in an SQLite file at least: text and bytes are kept as they are, and of other values nothing is known. */
    static long keptAsItIs(SqlTable table, SqlRow row) {
        long bytes = 0;
        for (SqlColumn column : table.columns()) {
            boolean kept = column.type() == SqlType.TEXT || column.type() == SqlType.BYTES;
            bytes += kept ? of(row.value(column.name())) : 0;
        }
        return bytes;
    }

    static long of(@Nullable Object value) {
        if (value instanceof ByteString blob) {
            return blob.size();
        }
        if (value instanceof JsonText json) {
            return utf8(json.text());
        }
        return value instanceof String text ? utf8(text) : 0;
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
