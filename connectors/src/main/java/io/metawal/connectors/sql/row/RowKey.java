package io.metawal.connectors.sql.row;

import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UsageException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Writes the key of a row; see {@link SqlRow#key}. */
final class RowKey {
    private RowKey() {}

    static String text(SqlRow row, List<String> primaryKey) {
        if (primaryKey.isEmpty()) {
            throw new UsageException("a row of a table without primary key has no place: " + row);
        }
        List<String> parts = new ArrayList<>();
        for (String column : primaryKey) {
            Object value = row.value(column);
            if (value == null) {
                throw new UsageException(
                        "the row has no value for \"" + column + "\", which is part of its primary key: " + row);
            }
            String text = value instanceof ByteString bytes
                    ? HexFormat.of().formatHex(bytes.toByteArray())
                    : value instanceof JsonText json ? json.text() : value.toString();
            parts.add(text.replace("%", "%25").replace("/", "%2F"));
        }
        return String.join("/", parts);
    }
}
