package io.metawal.connectors.risingwave.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.CorruptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A captured row in the form that a snapshot of version 2 has of it: a JSON object, columns by name.
 *
 * <pre>
 * bytes        [10,3,8,1]
 * JSON         its text, in its place
 * timestamp    "2024-05-01T12:00:00.123456", the fraction of 3 or 6 digits, or none
 * fixed words  see {@link EnumColumns}
 * uuid         36 characters, also where the database keeps 16 bytes
 * ids, epochs  without a sign: the database keeps them in columns with one
 * </pre>
 */
public final class RowsToSnapshot {
    private static final JsonFactory JSON = new JsonFactory();

    private RowsToSnapshot() {}

    /** @param table as described where the row was captured; columns that it does not have are told by their values alone */
    public static ByteString row(SqlModel model, SqlTable table, SqlRow row) {
        ByteString.Output out = ByteString.newOutput();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            for (Map.Entry<String, @Nullable Object> value : row.values().entrySet()) {
                json.writeFieldName(value.getKey());
                write(json, model, table, value.getKey(), value.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteString();
    }

    private static void write(JsonGenerator json, SqlModel model, SqlTable table, String name, @Nullable Object value)
            throws IOException {
        SqlColumn column = table.column(name).orElse(null);
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Long number) {
            number(json, name, column, number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof ByteString bytes && RowColumns.isUuid(model, name)) {
            json.writeString(RowColumns.uuid(bytes));
        } else if (value instanceof ByteString bytes) {
            array(json, bytes);
        } else if (value instanceof JsonText text) {
            json.writeRawValue(checked(model, name, text.text()));
        } else {
            text(json, model, name, column, value.toString());
        }
    }

    private static void number(JsonGenerator json, String name, @Nullable SqlColumn column, long number)
            throws IOException {
        if (number >= 0 || !RowColumns.unsigned(name)) {
            json.writeNumber(number);
        } else if (column != null && RowColumns.is32Bits(column)) {
            json.writeNumber(number + (1L << 32));
        } else {
            json.writeNumber(new BigInteger(Long.toUnsignedString(number)));
        }
    }

    private static void array(JsonGenerator json, ByteString bytes) throws IOException {
        json.writeStartArray();
        for (int i = 0; i < bytes.size(); i++) {
            json.writeNumber(bytes.byteAt(i) & 0xff);
        }
        json.writeEndArray();
    }

    private static void text(JsonGenerator json, SqlModel model, String name, @Nullable SqlColumn column, String text)
            throws IOException {
        SqlType type = column == null ? SqlType.TEXT : column.type();
        switch (type) {
            case TIMESTAMP -> json.writeString(RowColumns.isoTime(text));
            case TIMESTAMP_ZONED -> json.writeString(RowColumns.isoTime(text.replace("Z", "")));
            case DECIMAL -> json.writeNumber(text);
            default -> json.writeString(EnumColumns.variant(model, name, text));
        }
    }

    private static String checked(SqlModel model, String column, String text) {
        try (JsonParser in = JSON.createParser(text)) {
            JsonToken first = in.nextToken();
            in.skipChildren();
            if (first != null && in.nextToken() == null) {
                return text;
            }
        } catch (IOException e) {
            throw notJson(model, column, e);
        }
        throw notJson(model, column, null);
    }

    private static CorruptException notJson(SqlModel model, String column, @Nullable IOException cause) {
        return new CorruptException(
                "column " + column + " of a row of " + model.table() + " is captured as JSON, but is none: "
                        + (cause == null ? "expected one value" : cause.getMessage()),
                cause);
    }
}
