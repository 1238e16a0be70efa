package io.metawal.connectors.risingwave.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A row of a snapshot of version 2, in the form of a captured one: {@link RowsToSnapshot}, the other way round. */
public final class SnapshotToRows {
    private static final JsonFactory JSON = new JsonFactory();

    private SnapshotToRows() {}

    /**
     * A column of the table that the JSON has not is NULL; one that only the JSON has is kept, an array or object as JSON text.
     *
     * @param table that the row is to be written to: its columns say what the values are
     * @throws SnapshotFaultException CONTENT where it is no such row; LAYOUT where a column that must have a value has none; NEWER for a
     *     word that is not known
     */
    public static SqlRow row(SqlModel model, SqlTable table, ByteString json) {
        byte[] bytes = json.toByteArray();
        Map<String, @Nullable Object> values = new TreeMap<>();
        try (JsonParser in = JSON.createParser(bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw notRow(model, "it begins with " + in.currentToken(), null);
            }
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                SqlColumn column = table.column(name).orElse(null);
                values.put(name, new SnapshotValue(model, table.engine(), name, bytes).read(in, column));
            }
            if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
                throw notRow(model, "something follows the object", null);
            }
        } catch (IOException e) {
            throw notRow(model, String.valueOf(e.getMessage()), e);
        }
        complete(model, table, values);
        return SqlRow.of(values);
    }

    private static void complete(SqlModel model, SqlTable table, Map<String, @Nullable Object> values) {
        for (SqlColumn column : table.columns()) {
            if (values.get(column.name()) != null) {
                continue;
            }
            if (!column.nullable()) {
                throw new SnapshotFaultException(
                        Kind.LAYOUT,
                        "a row of " + model.table() + " has no value for the column " + column.name() + " ("
                                + column.declared() + "), which must have one in " + table + ": it has only "
                                + values.keySet() + ". The row is of an older RisingWave than the table: restore"
                                + " into a store of its own migration level, and let RisingWave migrate it");
            }
            values.put(column.name(), null);
        }
    }

    private static SnapshotFaultException notRow(SqlModel model, String found, @Nullable Throwable cause) {
        return new SnapshotFaultException(
                Kind.CONTENT, "a row of " + model.table() + " must be one JSON object: " + found, cause);
    }
}
