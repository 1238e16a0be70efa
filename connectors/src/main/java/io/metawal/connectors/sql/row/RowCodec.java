package io.metawal.connectors.sql.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metawal.metadata.fault.CorruptException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A row as the value of an entry: one JSON object, columns in the order of their names, without spaces, so that equal rows are equal bytes.
 *
 * <pre>
 * null, true, 42, 0.1, "text"   as they are
 * {"base64":"…"}                bytes, with padding
 * {"json":"…"}                  the text of a JSON column
 * </pre>
 */
public final class RowCodec {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int ROW_BYTES = 512;
    private static final String BYTES = "base64";
    private static final String TEXT = "json";

    private RowCodec() {}

    public static ByteString encode(SqlRow row) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(ROW_BYTES);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            for (Map.Entry<String, @Nullable Object> column : row.values().entrySet()) {
                json.writeFieldName(column.getKey());
                write(json, column.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return UnsafeByteOperations.unsafeWrap(out.toByteArray());
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof ByteString bytes) {
            json.writeStartObject();
            json.writeBinaryField(BYTES, bytes.toByteArray());
            json.writeEndObject();
        } else if (value instanceof JsonText text) {
            json.writeStartObject();
            json.writeStringField(TEXT, text.text());
            json.writeEndObject();
        } else {
            throw new IllegalArgumentException("no value of a row: " + value.getClass());
        }
    }

    /** @throws CorruptException where it is none */
    public static SqlRow decode(ByteString value) {
        try (JsonParser json = JSON.createParser(value.newInput())) {
            expect(json.nextToken() == JsonToken.START_OBJECT, value);
            Map<String, @Nullable Object> columns = new TreeMap<>();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                columns.put(name, read(json, value));
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null, value);
            return SqlRow.of(columns);
        } catch (IOException e) {
            throw corrupt(value, e);
        }
    }

    private static @Nullable Object read(JsonParser json, ByteString whole) throws IOException {
        JsonToken token = json.nextToken();
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_STRING -> json.getText();
            case START_OBJECT -> tagged(json, whole);
            default -> throw corrupt(whole, null);
        };
    }

    private static Object tagged(JsonParser json, ByteString whole) throws IOException {
        String tag = json.nextFieldName();
        expect(tag != null && json.nextToken() == JsonToken.VALUE_STRING, whole);
        Object value = BYTES.equals(tag) ? ByteString.copyFrom(json.getBinaryValue()) : new JsonText(json.getText());
        expect((BYTES.equals(tag) || TEXT.equals(tag)) && json.nextToken() == JsonToken.END_OBJECT, whole);
        return value;
    }

    private static void expect(boolean fits, ByteString whole) {
        if (!fits) {
            throw corrupt(whole, null);
        }
    }

    private static CorruptException corrupt(ByteString value, @Nullable Throwable cause) {
        return new CorruptException(
                "expected a row of a database as one JSON object, columns by name, found " + value.size()
                        + " bytes that are none: was this log filled by another kind of source?",
                cause);
    }
}
