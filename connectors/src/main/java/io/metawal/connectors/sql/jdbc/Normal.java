package io.metawal.connectors.sql.jdbc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values of a driver, or texts of a database, in the form of {@code SqlType}. */
final class Normal {
    private static final String HEX = "\\x";

    private Normal() {}

    static @Nullable Object of(SqlColumn column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (column.type()) {
            case BOOL -> bool(column, value);
            case INTEGER -> integer(column, value);
            case DECIMAL -> decimal(value);
            case FLOAT -> real(column, value);
            case TEXT, PRINTED -> text(value);
            case BYTES -> bytes(column, value);
            case JSON -> value instanceof JsonText ? value : new JsonText(text(value));
            case UUID -> text(value).toLowerCase(Locale.ROOT);
            case DATE -> value instanceof LocalDate date ? Moments.date(date) : text(value);
            case TIME -> value instanceof LocalTime time ? Moments.time(time) : Moments.local(text(value));
            case TIMESTAMP ->
                value instanceof LocalDateTime time ? Moments.timestamp(time) : Moments.local(text(value));
            case TIMESTAMP_ZONED -> zoned(value);
        };
    }

    private static Object bool(SqlColumn column, Object value) {
        return switch (value instanceof byte[] bits && bits.length == 1 ? String.valueOf(bits[0]) : text(value)) {
            case "t", "true", "1" -> true;
            case "f", "false", "0" -> false;
            default ->
                throw new UnsupportedFormatException("column \"" + column.name() + "\", declared "
                        + column.declared() + ", is read as true or false, but holds " + value
                        + ": declare it as an integer that is wider");
        };
    }

    private static Object integer(SqlColumn column, Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        try {
            return value instanceof BigInteger large ? large.longValueExact() : Long.parseLong(text(value));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new UnsupportedFormatException(
                    "column \"" + column.name() + "\", declared " + column.declared() + ", holds " + value
                            + ", which is no whole number of 64 bits",
                    e);
        }
    }

    private static String decimal(Object value) {
        return value instanceof BigDecimal number ? number.toPlainString() : text(value);
    }

    private static Object real(SqlColumn column, Object value) {
        double number;
        if (value instanceof Number given) {
            number = given.doubleValue();
        } else {
            String text = text(value);
            number = column.declared().equals("real") && !text.contains("nfinity") && !text.equals("NaN")
                    ? Float.parseFloat(text)
                    : Double.parseDouble(text);
        }
        return finite(number);
    }

    static Object finite(double number) {
        return Double.isFinite(number) ? (Object) number : String.valueOf(number);
    }

    private static Object bytes(SqlColumn column, Object value) {
        if (value instanceof byte[] bytes) {
            return ByteString.copyFrom(bytes);
        }
        if (value instanceof ByteString) {
            return value;
        }
        String text = text(value);
        if (!text.startsWith(HEX)) {
            throw new UnsupportedFormatException("column \"" + column.name() + "\", declared " + column.declared()
                    + ", came as text that is not \\x and hex digits");
        }
        return ByteString.copyFrom(HexFormat.of().parseHex(text, HEX.length(), text.length()));
    }

    private static String zoned(Object value) {
        if (value instanceof OffsetDateTime time) {
            return Moments.any(time);
        }
        return value instanceof Instant instant ? Moments.zoned(instant) : Moments.zoned(text(value));
    }

    private static String text(Object value) {
        return value instanceof JsonText json ? json.text() : value.toString();
    }
}
