package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values as text that is the same whichever engine they come from. */
final class DumpText {
    private static final HexFormat HEX = HexFormat.of();
    private static final int UUID_BYTES = 16;

    private DumpText() {}

    /** @param type the engine's name of the column's type */
    static @Nullable String of(SqlEngine engine, String type, ResultSet row, int column) throws SQLException {
        String name = type.toLowerCase(Locale.ROOT);
        if (row.getObject(column) == null) {
            return null;
        }
        if (name.startsWith("bytea") || name.contains("blob")) {
            return bytes(row.getBytes(column));
        }
        if (name.contains("uuid") || name.equals("binary")) {
            return engine == SqlEngine.POSTGRESQL ? row.getString(column) : uuid(row.getBytes(column));
        }
        if (name.startsWith("bool") || name.equals("bit")) {
            return Boolean.toString(row.getBoolean(column));
        }
        String text = row.getString(column);
        return name.contains("time") ? withoutTrailingZeros(text) : text;
    }

    /** Of the fraction, before a zone. */
    private static String withoutTrailingZeros(String time) {
        return time.replaceAll("(\\.\\d*?)0+(?=$|\\+)", "$1").replaceAll("\\.(?=$|\\+)", "");
    }

    static String bytes(byte[] value) {
        return "\\x" + HEX.formatHex(value);
    }

    private static String uuid(byte[] value) {
        if (value.length != UUID_BYTES) {
            return bytes(value);
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }
}
