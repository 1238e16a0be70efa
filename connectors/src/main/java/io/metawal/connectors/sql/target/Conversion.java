package io.metawal.connectors.sql.target;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.jdbc.Moments;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rows in the form that a table of another kind of database takes, and in one in which both can be compared. */
final class Conversion {
    private static final int UUID_BYTES = 16;
    private static final int MICROS = 6;
    private static final Pattern FRACTION = Pattern.compile("\\.(\\d+)");
    private static final Pattern FRACTION_OF = Pattern.compile("\\((\\d)\\)");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Conversion() {}

    /** The row with exactly the columns of the table. */
    static SqlRow to(SqlTable table, SqlRow row) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (SqlColumn column : table.columns()) {
            values.put(column.name(), value(table, column, row.value(column.name())));
        }
        for (String name : row.values().keySet()) {
            if (!values.containsKey(name) && row.value(name) != null) {
                throw new UnsupportedFormatException(
                        "a row has a value for " + table.name() + "." + name + ", and the table no such column");
            }
        }
        return SqlRow.of(values);
    }

    private static @Nullable Object value(SqlTable table, SqlColumn column, @Nullable Object value) {
        if (value == null || table.engine() == SqlEngine.SQLITE) {
            return value;
        }
        Object converted = switch (column.type()) {
            case BOOL -> value instanceof Long number && (number == 0 || number == 1) ? number == 1 : value;
            case INTEGER -> integer(value);
            case DECIMAL -> value instanceof Long || value instanceof Double ? value.toString() : value;
            case FLOAT -> value instanceof Long number ? (Object) number.doubleValue() : value;
            case TEXT, PRINTED -> value instanceof JsonText json ? json.text() : value;
            case JSON -> value instanceof String text ? new JsonText(text) : value;
            case BYTES -> value instanceof String text && text.length() == 36 ? bytes(text) : value;
            case UUID ->
                value instanceof ByteString bytes && bytes.size() == UUID_BYTES
                        ? uuid(bytes)
                        : value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
            case DATE -> value;
            case TIME -> value instanceof String text ? cut(text, fraction(table.engine(), column)) : value;
            case TIMESTAMP ->
                value instanceof String text
                        ? cut(Moments.local(text.replaceFirst("Z$", "")), fraction(table.engine(), column))
                        : value;
            case TIMESTAMP_ZONED ->
                value instanceof String text ? cut(Moments.zoned(text), fraction(table.engine(), column)) : value;
        };
        if (!fits(column, converted)) {
            throw new UnsupportedFormatException("column " + table.name() + "." + column.name() + " is "
                    + column.declared() + ", which cannot hold the captured " + kind(value));
        }
        return converted;
    }

    /** How many digits of a second a column of times holds. */
    static int fraction(SqlEngine engine, SqlColumn column) {
        Matcher digits = FRACTION_OF.matcher(column.declared());
        if (digits.find()) {
            return Integer.parseInt(digits.group(1));
        }
        return engine == SqlEngine.POSTGRESQL || engine == SqlEngine.SQLITE ? MICROS : 0;
    }

    /** Without the digits that a column has no room for, which databases would round. */
    private static String cut(String time, int digits) {
        Matcher fraction = FRACTION.matcher(time);
        if (!fraction.find() || fraction.group(1).length() <= digits) {
            return time;
        }
        String kept = digits == 0 ? "" : "." + fraction.group(1).substring(0, digits);
        return Moments.local(fraction.replaceFirst(kept));
    }

    private static Object integer(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        return value instanceof String text && text.matches("-?\\d{1,18}") ? Long.parseLong(text) : value;
    }

    private static boolean fits(SqlColumn column, Object value) {
        return switch (column.type()) {
            case BOOL -> value instanceof Boolean;
            case INTEGER -> value instanceof Long;
            case FLOAT -> value instanceof Double || value instanceof String;
            case BYTES -> value instanceof ByteString;
            case JSON -> value instanceof JsonText;
            default -> value instanceof String;
        };
    }

    private static String kind(Object value) {
        return value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static Object bytes(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES);
            bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
            return ByteString.copyFrom(bytes.array());
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static String uuid(ByteString bytes) {
        ByteBuffer both = bytes.asReadOnlyByteBuffer();
        return new UUID(both.getLong(), both.getLong()).toString();
    }

    /** The row with JSON, decimals and numbers written in one way, where databases write them in several. */
    static SqlRow comparable(SqlTable table, SqlRow row) {
        Map<String, @Nullable Object> values = new TreeMap<>(row.values());
        for (SqlColumn column : table.columns()) {
            Object value = values.get(column.name());
            if (value instanceof JsonText json) {
                values.put(column.name(), canonical(json));
            } else if (value instanceof String text && column.type() == io.metawal.connectors.sql.row.SqlType.DECIMAL) {
                values.put(column.name(), plain(text));
            }
        }
        return SqlRow.of(values);
    }

    private static String plain(String decimal) {
        try {
            return new BigDecimal(decimal).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return decimal;
        }
    }

    private static JsonText canonical(JsonText json) {
        try {
            JsonNode tree = JSON.readTree(json.text());
            return new JsonText(JSON.writeValueAsString(JSON.treeToValue(numbers(tree), Object.class)));
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    private static JsonNode numbers(JsonNode tree) {
        if (tree instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
            object.properties().forEach(field -> field.setValue(numbers(field.getValue())));
        } else if (tree instanceof com.fasterxml.jackson.databind.node.ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, numbers(array.get(i)));
            }
        } else if (tree.isNumber()) {
            return JSON.getNodeFactory().textNode("#" + plain(tree.asText()));
        }
        return tree;
    }
}
