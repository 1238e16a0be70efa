package io.metawal.connectors.risingwave.outside;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A few columns of an entry, as text: of a captured row ({@code {"json":"…"}} for JSON), of a row of a snapshot (JSON in its place), or of
 * a message of etcd. Large columns are never in memory.
 */
final class EntryColumns {
    private static final JsonFactory JSON = new JsonFactory();

    private EntryColumns() {}

    /** Those of them that the row has and that are not NULL; numbers and truth as text, an object as {@code name.member}. */
    static Map<String, String> ofRow(Entry entry, Set<String> wanted) {
        Map<String, String> columns = new TreeMap<>();
        try (JsonParser in = JSON.createParser(entry.value().newInput())) {
            in.nextToken();
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                JsonToken value = in.nextToken();
                if (!wanted.contains(name)) {
                    in.skipChildren();
                } else if (value == JsonToken.START_OBJECT) {
                    object(name, in, columns);
                } else if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    columns.put(name, in.getText());
                } else {
                    in.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new CorruptException(
                    "a row of " + entry.entryKey().space() + " cannot be read: " + e.getMessage(), e);
        }
        return columns;
    }

    /** The members of a JSON object, or of one that a captured row has as text. */
    private static void object(String column, JsonParser in, Map<String, String> into) throws IOException {
        Map<String, String> members = new LinkedHashMap<>();
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            if (in.nextToken().isScalarValue()) {
                members.put(name, in.getText());
            } else {
                in.skipChildren();
            }
        }
        String text = members.size() == 1 ? members.get("json") : null;
        if (text == null) {
            members.forEach((name, value) -> into.put(column + "." + name, value));
            return;
        }
        try (JsonParser inside = JSON.createParser(text)) {
            if (inside.nextToken() == JsonToken.START_OBJECT) {
                object(column, inside, into);
            }
        }
    }

    /** Fields of a message, by number: a number as text, text itself, a map of text as {@code number.key}. */
    static Map<String, String> ofMessage(Entry entry, Set<Integer> maps) {
        Map<String, String> fields = new TreeMap<>();
        try {
            UnknownFieldSet.parseFrom(entry.value()).asMap().forEach((number, field) -> {
                for (long value : field.getVarintList()) {
                    fields.put(number.toString(), Long.toUnsignedString(value));
                }
                for (ByteString value : field.getLengthDelimitedList()) {
                    if (maps.contains(number)) {
                        pair(number, value, fields);
                    } else if (value.size() <= 1 << 10) {
                        fields.put(number.toString(), value.toStringUtf8());
                    }
                }
            });
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException("a row of " + entry.entryKey().space() + " is no message: " + e.getMessage(), e);
        }
        return fields;
    }

    private static void pair(int number, ByteString pair, Map<String, String> into) {
        try {
            UnknownFieldSet parts = UnknownFieldSet.parseFrom(pair);
            into.put(number + "." + text(parts, 1), text(parts, 2));
        } catch (InvalidProtocolBufferException none) {
            // Not a map of text: nothing that is looked for.
        }
    }

    private static String text(UnknownFieldSet fields, int number) {
        return fields.getField(number).getLengthDelimitedList().stream()
                .reduce((first, last) -> last)
                .map(ByteString::toStringUtf8)
                .orElse("");
    }
}
