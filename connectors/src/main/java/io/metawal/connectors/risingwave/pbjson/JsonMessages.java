package io.metawal.connectors.risingwave.pbjson;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message from proto3's canonical JSON: names in lowerCamelCase or as in the proto file, 64-bit numbers as text or as numbers,
 * bytes in base64, enums by name or number, null for absent. Token by token, so that in memory is only the message. A member that is not
 * known is kept ({@link JsonWriting} puts it back); an enum's name that is not known is a {@link JsonMessageException}.
 *
 * <p>By hand rather than protobuf's own JsonFormat, which either refuses unknown members or drops them, and holds the whole text.
 */
public final class JsonMessages {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<Descriptor, Map<String, FieldDescriptor>> NAMES = new ConcurrentHashMap<>();

    private final JsonParser in;

    private JsonMessages(JsonParser in) {
        this.in = in;
    }

    /** Reads one object, which must be all there is, into the builder. */
    public static void read(InputStream bytes, Message.Builder into) throws IOException {
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonMessageException(into.getDescriptorForType().getName(), "an object", parser.getText());
            }
            new JsonMessages(parser).object(into);
            if (parser.nextToken() != null) {
                throw new JsonMessageException(into.getDescriptorForType().getName(), "nothing after it", "more");
            }
        }
    }

    private static Map<String, FieldDescriptor> namesOf(Descriptor type) {
        return NAMES.computeIfAbsent(type, of -> {
            Map<String, FieldDescriptor> names = new java.util.HashMap<>();
            for (FieldDescriptor field : of.getFields()) {
                names.put(field.getName(), field);
                names.put(field.getJsonName(), field);
            }
            return Map.copyOf(names);
        });
    }

    private void object(Message.Builder into) throws IOException {
        Map<String, FieldDescriptor> names = namesOf(into.getDescriptorForType());
        Unknown unknown = null;
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            FieldDescriptor field = names.get(name);
            JsonToken value = in.nextToken();
            if (field == null) {
                unknown = unknown == null ? new Unknown() : unknown;
                unknown.take(name, in);
            } else if (value != JsonToken.VALUE_NULL) {
                member(into, field);
            }
        }
        if (in.currentToken() != JsonToken.END_OBJECT) {
            throw new JsonMessageException(into.getDescriptorForType().getName(), "a member or }", text());
        }
        if (unknown != null) {
            PrivateField.keep(into, unknown.end());
        }
    }

    private void member(Message.Builder into, FieldDescriptor field) throws IOException {
        if (field.isMapField()) {
            expect(JsonToken.START_OBJECT, field);
            FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
            for (String key = in.nextFieldName(); key != null; key = in.nextFieldName()) {
                in.nextToken();
                Message.Builder entry = into.newBuilderForField(field);
                entry.setField(keyField, Scalars.parse(keyField, key));
                entry.setField(valueField, value(entry, valueField));
                into.addRepeatedField(field, entry.build());
            }
        } else if (field.isRepeated()) {
            expect(JsonToken.START_ARRAY, field);
            while (in.nextToken() != JsonToken.END_ARRAY) {
                into.addRepeatedField(field, value(into, field));
            }
        } else {
            into.setField(field, value(into, field));
        }
    }

    private Object value(Message.Builder parent, FieldDescriptor field) throws IOException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            expect(JsonToken.START_OBJECT, field);
            Message.Builder child = parent.newBuilderForField(field);
            object(child);
            return child.build();
        }
        if (in.currentToken() == null || !in.currentToken().isScalarValue()) {
            throw new JsonMessageException(field.getFullName(), "one value", text());
        }
        return Scalars.parse(field, text());
    }

    private void expect(JsonToken token, FieldDescriptor field) throws IOException {
        if (in.currentToken() != token) {
            throw new JsonMessageException(field.getFullName(), String.valueOf(token.asString()), text());
        }
    }

    private String text() throws IOException {
        String text = in.getText();
        return text == null ? "the end" : text;
    }

    /** Members that are not known, as one JSON object. */
    private static final class Unknown {
        private final ByteString.Output bytes = ByteString.newOutput();
        private @Nullable JsonGenerator out;

        void take(String name, JsonParser from) throws IOException {
            JsonGenerator json = out;
            if (json == null) {
                json = JSON.createGenerator(bytes);
                json.writeStartObject();
                out = json;
            }
            json.writeFieldName(name);
            json.copyCurrentStructureExact(from);
        }

        ByteString end() throws IOException {
            JsonGenerator json = out;
            if (json != null) {
                json.writeEndObject();
                json.close();
            }
            return bytes.toByteString();
        }
    }
}
