package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.jdbc.CopyText;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as lines of PostgreSQL's {@code COPY} in its text form. */
final class PostgresCopy {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private PostgresCopy() {}

    static void line(SqlTable table, SqlRow row, ByteArrayOutputStream out) {
        List<SqlColumn> columns = table.columns();
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                out.write('\t');
            }
            field(row.value(columns.get(i).name()), out);
        }
        out.write('\n');
    }

    private static void field(@Nullable Object value, ByteArrayOutputStream out) {
        if (value instanceof ByteString bytes) {
            out.writeBytes(hex(bytes));
            return;
        }
        StringBuilder text = new StringBuilder();
        CopyText.escape(text(value), text);
        out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As {@code \\x00ff}: made in one array, since a stream takes its lock for every byte. */
    private static byte[] hex(ByteString bytes) {
        byte[] text = new byte[3 + 2 * bytes.size()];
        text[0] = '\\';
        text[1] = '\\';
        text[2] = 'x';
        for (int i = 0, at = 3; i < bytes.size(); i++) {
            byte each = bytes.byteAt(i);
            text[at++] = HEX[(each >> 4) & 0xF];
            text[at++] = HEX[each & 0xF];
        }
        return text;
    }

    private static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        return value instanceof JsonText json ? json.text() : value.toString();
    }
}
