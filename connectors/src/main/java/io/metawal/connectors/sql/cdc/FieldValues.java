package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.jdbc.Moments;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Values as Debezium tells them, in the form of {@code SqlRow}; what is the same whichever database it is. */
public final class FieldValues {
    private static final long MICROS = 1_000_000;
    private static final long MILLIS = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long DAY_MICROS = 86_400 * MICROS;

    private FieldValues() {}

    /** As {@link CdcDialect#value}. */
    public static Object of(SqlColumn column, FieldForm form, Object value) {
        return switch (column.type()) {
            case BOOL -> value instanceof Boolean ? value : truth(column, form, value);
            case INTEGER -> number(column, form, value);
            case FLOAT -> real(column, form, value);
            case DECIMAL, TEXT, UUID, PRINTED -> text(column, form, value);
            case JSON -> new JsonText(text(column, form, value));
            case BYTES -> bytes(column, form, value);
            case DATE -> Moments.date(LocalDate.ofEpochDay(number(column, form, value)));
            case TIME -> time(micros(column, form, value));
            case TIMESTAMP ->
                Moments.timestamp(LocalDateTime.ofInstant(instant(micros(column, form, value)), ZoneOffset.UTC));
            case TIMESTAMP_ZONED ->
                Moments.zoned(OffsetDateTime.parse(text(column, form, value)).toInstant());
        };
    }

    private static String time(long micros) {
        return micros == DAY_MICROS ? "24:00:00" : Moments.time(LocalTime.ofNanoOfDay(micros * NANOS_PER_MICRO));
    }

    private static Object truth(SqlColumn column, FieldForm form, Object value) {
        long number = number(column, form, value);
        if (number != 0 && number != 1) {
            throw misfit(column, form);
        }
        return number == 1;
    }

    /** The whole number that a field tells. */
    public static long number(SqlColumn column, FieldForm form, Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        throw misfit(column, form);
    }

    private static Object real(SqlColumn column, FieldForm form, Object value) {
        if (!(value instanceof Double) && !(value instanceof Float)) {
            throw misfit(column, form);
        }
        double number = ((Number) value).doubleValue();
        return Double.isFinite(number) ? (Object) number : Double.toString(number);
    }

    /** The text that a field is told as. */
    public static String text(SqlColumn column, FieldForm form, Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw misfit(column, form);
    }

    /** The bytes that a field is told as. */
    public static ByteString bytes(SqlColumn column, FieldForm form, Object value) {
        if (value instanceof byte[] bytes) {
            return ByteString.copyFrom(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            return ByteString.copyFrom(buffer.duplicate());
        }
        throw misfit(column, form);
    }

    /** The µs that a field of {@code io.debezium.time} tells. */
    public static long micros(SqlColumn column, FieldForm form, Object value) {
        long number = number(column, form, value);
        return switch (form.name()) {
            case "io.debezium.time.MicroTime", "io.debezium.time.MicroTimestamp" -> number;
            case "io.debezium.time.Time", "io.debezium.time.Timestamp" -> Math.multiplyExact(number, MILLIS);
            default -> throw misfit(column, form);
        };
    }

    /** µs since 1970 as an instant. */
    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * NANOS_PER_MICRO);
    }

    public static MisfitException misfit(SqlColumn column, FieldForm form) {
        return new MisfitException("the log tells column \"" + column.name() + "\" as " + form
                + ", which is no form of its type " + column.declared());
    }

    static boolean unchanged(Object value, String placeholder) {
        if (value instanceof String text) {
            return text.equals(placeholder);
        }
        if (value instanceof ByteBuffer buffer) {
            return buffer.equals(ByteBuffer.wrap(placeholder.getBytes(StandardCharsets.UTF_8)));
        }
        return value instanceof byte[] bytes
                && ByteBuffer.wrap(bytes).equals(ByteBuffer.wrap(placeholder.getBytes(StandardCharsets.UTF_8)));
    }
}
