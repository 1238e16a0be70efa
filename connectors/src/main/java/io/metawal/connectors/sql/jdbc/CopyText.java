package io.metawal.connectors.sql.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's text form of {@code COPY}: fields with a tab between, {@code \N} for NULL, a line feed behind each row; backslash, tab, line
 * feed and carriage return as {@code \\}, {@code \t}, {@code \n} and {@code \r}.
 */
public final class CopyText {
    private CopyText() {}

    /** The fields of a row, as the server sent it. */
    public static List<@Nullable String> fields(byte[] row) {
        int end = row.length > 0 && row[row.length - 1] == '\n' ? row.length - 1 : row.length;
        List<@Nullable String> fields = new ArrayList<>();
        int start = 0;
        boolean escaped = false;
        for (int i = 0; i <= end; i++) {
            if (i == end || row[i] == '\t') {
                fields.add(escaped ? unescaped(row, start, i) : plain(row, start, i));
                start = i + 1;
                escaped = false;
            } else if (row[i] == '\\') {
                escaped = true;
            }
        }
        return fields;
    }

    private static String plain(byte[] row, int start, int end) {
        return new String(row, start, end - start, StandardCharsets.UTF_8);
    }

    private static @Nullable String unescaped(byte[] row, int start, int end) {
        if (end - start == 2 && row[start + 1] == 'N') {
            return null;
        }
        byte[] text = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            text[length++] = row[i] == '\\' ? meant(row[++i]) : row[i];
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private static byte meant(byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            default -> escaped;
        };
    }

    /** Adds a field's text. */
    public static void escape(@Nullable String field, StringBuilder out) {
        if (field == null) {
            out.append("\\N");
            return;
        }
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                default -> out.append(c);
            }
        }
    }
}
