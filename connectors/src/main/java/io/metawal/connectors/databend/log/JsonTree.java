package io.metawal.connectors.databend.log;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line's JSON as a tree: {@link Node} for an object, {@code ByteString} for an array of numbers from 0 to 255 that is not
 * empty, {@code List} for another array, {@code String}, {@code Boolean}, {@code BigInteger}, {@code Long}, {@code Double}, null.
 */
public final class JsonTree {
    private JsonTree() {}

    /**
     * An object.
     *
     * @param start of its text in the line, in bytes
     * @param end one past its text
     */
    public record Node(Map<String, @Nullable Object> members, int start, int end) {}

    /** Reads the value whose first token the parser stands at. */
    public static @Nullable Object read(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> number(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Object number(JsonParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> parser.getBigIntegerValue();
        };
    }

    private static Node object(JsonParser parser) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (members.containsKey(name)) {
                throw new JsonParseException(parser, "Duplicate field '" + name + "'");
            }
            parser.nextToken();
            members.put(name, read(parser));
        }
        return new Node(members, start, (int) parser.currentLocation().getByteOffset());
    }

    private static Object array(JsonParser parser) throws IOException {
        byte[] bytes = new byte[64];
        int size = 0;
        while (true) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                return size == 0 ? List.of() : ByteString.copyFrom(bytes, 0, size);
            }
            int value = token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() == JsonParser.NumberType.INT
                    ? parser.getIntValue()
                    : -1;
            if (value < 0 || value > 255) {
                return list(parser, Arrays.copyOf(bytes, size));
            }
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, size * 2);
            }
            bytes[size++] = (byte) value;
        }
    }

    private static List<@Nullable Object> list(JsonParser parser, byte[] before) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        for (byte b : before) {
            list.add(b & 0xffL);
        }
        for (; parser.currentToken() != JsonToken.END_ARRAY; parser.nextToken()) {
            list.add(read(parser));
        }
        return list;
    }

    /** For messages. */
    static String describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Node) {
            return "an object";
        }
        if (value instanceof List || value instanceof ByteString) {
            return "an array";
        }
        if (value instanceof String text) {
            return "the string \"" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "\"";
        }
        return value instanceof BigInteger big && big.bitLength() > 64
                ? "a number of " + big.bitLength() + " bits"
                : "" + value;
    }
}
