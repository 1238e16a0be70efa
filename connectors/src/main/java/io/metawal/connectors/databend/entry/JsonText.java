package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** JSON as Databend's exports have it: no blanks, only what must be is escaped, bytes as arrays of decimal numbers. */
public final class JsonText {
    private static final byte[][] DECIMAL = new byte[256][];

    static {
        for (int n = 0; n < DECIMAL.length; n++) {
            DECIMAL[n] = Integer.toString(n).getBytes(StandardCharsets.US_ASCII);
        }
    }

    private JsonText() {}

    /** Appends a string with its quotes. */
    public static StringBuilder quote(StringBuilder out, String text) {
        out.append('"');
        for (int n = 0; n < text.length(); n++) {
            char c = text.charAt(n);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"');
    }

    /** The bytes as {@code [1,2,3]}. */
    public static byte[] array(ByteString bytes) {
        int size = Math.max(2, bytes.size() + 1);
        for (int n = 0; n < bytes.size(); n++) {
            size += DECIMAL[bytes.byteAt(n) & 0xff].length;
        }
        byte[] out = new byte[size];
        int at = 0;
        out[at++] = '[';
        for (int n = 0; n < bytes.size(); n++) {
            if (n > 0) {
                out[at++] = ',';
            }
            for (byte digit : DECIMAL[bytes.byteAt(n) & 0xff]) {
                out[at++] = digit;
            }
        }
        out[at] = ']';
        return out;
    }
}
