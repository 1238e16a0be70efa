package io.metawal.connectors.risingwave.pbjson;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a message as proto3's canonical JSON, compact: lowerCamelCase, 64-bit numbers as text, fields of their default value left out.
 * What {@link JsonMessages} kept is put back where it was; fields that came in protobuf with a number unknown here cannot be named in
 * JSON, and are left out and told.
 */
public final class JsonWriting {
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator out;
    private final SortedMap<String, Long> nameless = new TreeMap<>();

    private JsonWriting(JsonGenerator out) {
        this.out = out;
    }

    /**
     * The stream stays open.
     *
     * @return fields that were left out, such as {@code SstableInfo field 15}, with how often
     */
    public static SortedMap<String, Long> write(Message message, OutputStream to) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(to)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            JsonWriting writing = new JsonWriting(json);
            writing.object(message);
            return writing.nameless;
        }
    }

    private void object(Message message) throws IOException {
        out.writeStartObject();
        for (Map.Entry<FieldDescriptor, Object> member : message.getAllFields().entrySet()) {
            FieldDescriptor field = member.getKey();
            out.writeFieldName(field.getJsonName());
            if (field.isMapField()) {
                map((Collection<?>) member.getValue());
            } else if (field.isRepeated()) {
                out.writeStartArray();
                for (Object value : (Collection<?>) member.getValue()) {
                    value(field, value);
                }
                out.writeEndArray();
            } else {
                value(field, member.getValue());
            }
        }
        unknown(message);
        out.writeEndObject();
    }

    private void map(Collection<?> entries) throws IOException {
        out.writeStartObject();
        for (Object each : entries) {
            MapEntry<?, ?> entry = (MapEntry<?, ?>) each;
            FieldDescriptor keyField = entry.getDescriptorForType().findFieldByNumber(1);
            out.writeFieldName(Scalars.key(keyField, entry.getKey()));
            value(
                    entry.getDescriptorForType().findFieldByNumber(2),
                    entry.getField(entry.getDescriptorForType().findFieldByNumber(2)));
        }
        out.writeEndObject();
    }

    private void value(FieldDescriptor field, Object value) throws IOException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            object((Message) value);
        } else {
            Scalars.write(field, value, out);
        }
    }

    private void unknown(Message message) throws IOException {
        for (Integer number : message.getUnknownFields().asMap().keySet()) {
            if (number != PrivateField.NUMBER) {
                nameless.merge(message.getDescriptorForType().getName() + " field " + number, 1L, Long::sum);
            }
        }
        for (ByteString kept : PrivateField.of(message)) {
            try (JsonParser in = JSON.createParser(kept.newInput())) {
                in.nextToken();
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    out.copyCurrentStructureExact(in);
                }
            }
        }
    }
}
