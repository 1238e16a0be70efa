package io.metawal.connectors.risingwave.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row of a SQL meta store as a snapshot holds it: one JSON object, columns by name. Of it only the key is looked at. */
public final class RowJson {
    private static final JsonFactory JSON = new JsonFactory();

    private RowJson() {}

    /**
     * The row's primary key as text, columns joined by {@code /}; in text {@code %} and {@code /} stand as {@code %25}, {@code %2F}. A
     * LAYOUT fault where the row has not those columns.
     */
    public static String key(SqlModel table, ByteString row) {
        Map<String, String> columns = columns(table, row);
        List<String> parts = new ArrayList<>();
        for (String column : table.primaryKey()) {
            String value = columns.get(column);
            if (value == null) {
                throw new SnapshotFaultException(
                        SnapshotFaultException.Kind.LAYOUT,
                        "a row of " + table.table() + " must have the column " + column + ", found only "
                                + columns.keySet() + ": it is a row of another table, or of another version");
            }
            parts.add(value.replace("%", "%25").replace("/", "%2F"));
        }
        return String.join("/", parts);
    }

    /** Columns with their values as text where they are numbers, text or booleans; empty for all others that are there. */
    private static Map<String, String> columns(SqlModel table, ByteString row) {
        Map<String, String> columns = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(row.newInput())) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw notRow(table, "it begins with " + in.currentToken(), null);
            }
            for (String column = in.nextFieldName(); column != null; column = in.nextFieldName()) {
                JsonToken value = in.nextToken();
                if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    columns.put(column, in.getText());
                } else {
                    in.skipChildren();
                }
            }
            if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
                throw notRow(table, "something follows the object", null);
            }
        } catch (IOException e) {
            throw notRow(table, String.valueOf(e.getMessage()), e);
        }
        return columns;
    }

    private static SnapshotFaultException notRow(SqlModel table, String found, @Nullable Throwable cause) {
        return new SnapshotFaultException(
                SnapshotFaultException.Kind.CONTENT,
                "a row of " + table.table() + " must be one JSON object: " + found,
                cause);
    }

    /** The whole number in a column; null where it is none, or is not there. */
    public static @Nullable Long number(SqlModel table, ByteString row, String column) {
        String text = columns(table, row).get(column);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException notOne) {
            return null;
        }
    }
}
