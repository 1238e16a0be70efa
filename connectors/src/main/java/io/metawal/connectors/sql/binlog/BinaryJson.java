package io.metawal.connectors.sql.binlog;

import io.metawal.metadata.fault.UnsupportedFormatException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * MySQL's binary JSON as the very text that the server prints for it. All numbers are little-endian; sizes and offsets have 2 bytes in a small
 * object or array, 4 in a large one, and offsets count from its start. Source: {@code sql/json_binary.h} of MySQL.
 *
 * <pre>
 * document  type (1), value
 * object    count, size, count × (key offset, key length (2)), count × entry, keys, values
 * array     count, size, count × entry, values
 * entry     type (1), offset; or the value itself where it fits: literals, 16 bits, and 32 bits in a large one
 * string    length in 7 bits a byte, the lowest first, then UTF-8
 * opaque    type of a column (1), length as of a string, bytes
 * </pre>
 */
final class BinaryJson {
    private static final int SMALL_OBJECT = 0;
    private static final int LARGE_OBJECT = 1;
    private static final int SMALL_ARRAY = 2;
    private static final int LARGE_ARRAY = 3;
    private static final int LITERAL = 4;
    private static final int INT16 = 5;
    private static final int UINT16 = 6;
    private static final int INT32 = 7;
    private static final int UINT32 = 8;
    private static final int INT64 = 9;
    private static final int UINT64 = 10;
    private static final int DOUBLE = 11;
    private static final int STRING = 12;
    private static final int OPAQUE = 15;
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(76, new byte[] {'\n'});

    private final ByteBuffer in;
    private final StringBuilder out = new StringBuilder();

    private BinaryJson(byte[] bytes) {
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @param document without a byte for what a column was left without, which the server reads as null */
    static String print(byte[] document) {
        if (document.length == 0) {
            return "null";
        }
        try {
            BinaryJson json = new BinaryJson(document);
            json.value(json.in.get(0), 1);
            return json.out.toString();
        } catch (IndexOutOfBoundsException e) {
            throw new UnsupportedFormatException(
                    "a JSON value of " + document.length + " bytes in the binary log refers beyond its end", e);
        }
    }

    private void value(int type, int at) {
        switch (type) {
            case SMALL_OBJECT, LARGE_OBJECT -> object(at, type == LARGE_OBJECT);
            case SMALL_ARRAY, LARGE_ARRAY -> array(at, type == LARGE_ARRAY);
            case LITERAL -> out.append(literal(in.get(at)));
            case INT16 -> out.append(in.getShort(at));
            case UINT16 -> out.append(in.getShort(at) & 0xFFFF);
            case INT32 -> out.append(in.getInt(at));
            case UINT32 -> out.append(in.getInt(at) & 0xFFFF_FFFFL);
            case INT64 -> out.append(in.getLong(at));
            case UINT64 -> out.append(Long.toUnsignedString(in.getLong(at)));
            case DOUBLE -> out.append(PrintedDoubles.inJson(in.getDouble(at)));
            case STRING -> quoted(text(at));
            case OPAQUE -> opaque(at);
            default -> throw new UnsupportedFormatException("a JSON value of type " + type + " in the binary log");
        }
    }

    private static String literal(int value) {
        return switch (value) {
            case 0 -> "null";
            case 1 -> "true";
            case 2 -> "false";
            default -> throw new UnsupportedFormatException("a JSON literal number " + value + " in the binary log");
        };
    }

    private void object(int at, boolean large) {
        int size = large ? 4 : 2;
        int count = number(at, large);
        int keys = at + 2 * size;
        int values = keys + count * (size + 2);
        out.append('{');
        for (int i = 0; i < count; i++) {
            int key = keys + i * (size + 2);
            out.append(i == 0 ? "" : ", ");
            quoted(text(at + number(key, large), in.getShort(key + size) & 0xFFFF));
            out.append(": ");
            entry(at, values + i * (size + 1), large);
        }
        out.append('}');
    }

    private void array(int at, boolean large) {
        int size = large ? 4 : 2;
        int count = number(at, large);
        out.append('[');
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ", ");
            entry(at, at + 2 * size + i * (size + 1), large);
        }
        out.append(']');
    }

    private void entry(int start, int at, boolean large) {
        int type = in.get(at);
        boolean here = type == LITERAL
                || type == INT16
                || type == UINT16
                || large && (type == INT32 || type == UINT32);
        value(type, here ? at + 1 : start + number(at + 1, large));
    }

    private int number(int at, boolean large) {
        return large ? in.getInt(at) : in.getShort(at) & 0xFFFF;
    }

    private String text(int at) {
        int start = at;
        while (in.get(start++) < 0) {
            // The last byte of the length has no high bit.
        }
        return text(start, length(at));
    }

    private int length(int at) {
        int length = 0;
        int shift = 0;
        for (int i = at; ; i++) {
            int part = in.get(i);
            length |= (part & 0x7F) << shift;
            shift += 7;
            if (part >= 0) {
                return length;
            }
        }
    }

    private String text(int start, int length) {
        return new String(bytes(start, length), StandardCharsets.UTF_8);
    }

    private byte[] bytes(int start, int length) {
        byte[] bytes = new byte[length];
        in.get(start, bytes);
        return bytes;
    }

    private void quoted(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < ' ') {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private void opaque(int at) {
        int type = in.get(at) & 0xFF;
        int start = at + 1;
        while (in.get(start++) < 0) {
            // As of a string.
        }
        byte[] bytes = bytes(start, length(at + 1));
        switch (ColumnNumber.of(type)) {
            case DECIMAL -> out.append(decimal(bytes).toPlainString());
            case DATE -> quoted(PrintedTimes.packedDate(packed(bytes)));
            case TIME -> quoted(PrintedTimes.packedTime(packed(bytes)));
            case DATETIME -> quoted(PrintedTimes.packedDatetime(packed(bytes)));
            case OTHER -> quoted("base64:type" + type + ":" + LINES.encodeToString(bytes));
        }
    }

    /** Types of columns that are printed in their own way. */
    private enum ColumnNumber {
        DECIMAL,
        DATE,
        TIME,
        DATETIME,
        OTHER;

        static ColumnNumber of(int type) {
            return switch (type) {
                case 246 -> DECIMAL;
                case 10 -> DATE;
                case 11 -> TIME;
                case 7, 12 -> DATETIME;
                default -> OTHER;
            };
        }
    }

    private static long packed(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** Digits in all, digits behind the point, then as in a row. */
    private static BigDecimal decimal(byte[] bytes) {
        return RowsDeserializer.decimal(bytes[0], bytes[1], java.util.Arrays.copyOfRange(bytes, 2, bytes.length));
    }
}
