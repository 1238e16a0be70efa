package io.metawal.connectors.risingwave.sql;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The value of one column of a snapshot's row.
 *
 * @param whole the row's bytes, out of which JSON is taken as it stands
 */
record SnapshotValue(SqlModel model, SqlEngine engine, String name, byte[] whole) {
    private static final int BITS_32 = 32;
    private static final int BYTE_MAX = 255;

    /** The value that the parser comes to next. */
    @Nullable
    Object read(JsonParser in, @Nullable SqlColumn column) throws IOException {
        JsonToken token = in.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (column == null) {
            return unknown(in, token);
        }
        if (engine == SqlEngine.SQLITE && RowColumns.isUuid(model, name)) {
            // RisingWave's driver keeps it as bytes there, whatever the column is declared as.
            return bytes(in, token, column);
        }
        return switch (column.type()) {
            case BOOL -> {
                expect(token.isBoolean(), column, token);
                yield in.getBooleanValue();
            }
            case INTEGER -> {
                expect(token == JsonToken.VALUE_NUMBER_INT, column, token);
                yield signed(in.getBigIntegerValue(), column);
            }
            case FLOAT -> {
                expect(token.isNumeric(), column, token);
                yield in.getDoubleValue();
            }
            case DECIMAL -> {
                expect(token.isNumeric(), column, token);
                yield in.getText();
            }
            case BYTES -> bytes(in, token, column);
            case JSON -> new JsonText(raw(in));
            case TIMESTAMP -> RowColumns.timestamp(text(in, token, column), engine);
            case TIMESTAMP_ZONED -> RowColumns.timestamp(text(in, token, column), engine) + "Z";
            default -> EnumColumns.sql(model, name, text(in, token, column));
        };
    }

    private Object unknown(JsonParser in, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_TRUE, VALUE_FALSE -> in.getBooleanValue();
            case VALUE_STRING -> EnumColumns.sql(model, name, in.getText());
            case VALUE_NUMBER_INT -> {
                BigInteger number = in.getBigIntegerValue();
                yield number.bitLength() < Long.SIZE ? (Object) number.longValue() : number.toString();
            }
            case VALUE_NUMBER_FLOAT -> new BigDecimal(in.getText()).doubleValue();
            default -> new JsonText(raw(in));
        };
    }

    private Long signed(BigInteger number, SqlColumn column) {
        int bits = RowColumns.is32Bits(column) ? BITS_32 : Long.SIZE;
        boolean fits = number.bitLength() < bits || number.signum() > 0 && number.bitLength() == bits;
        if (!fits) {
            throw fault(column, "a whole number of " + bits + " bits", number.toString());
        }
        return bits == BITS_32 ? (long) number.intValue() : number.longValue();
    }

    private ByteString bytes(JsonParser in, JsonToken token, SqlColumn column) throws IOException {
        if (token == JsonToken.VALUE_STRING && RowColumns.isUuid(model, name)) {
            try {
                return RowColumns.uuidBytes(in.getText());
            } catch (IllegalArgumentException e) {
                throw fault(column, "a UUID", in.getText());
            }
        }
        expect(token == JsonToken.START_ARRAY, column, token);
        ByteString.Output out = ByteString.newOutput();
        for (JsonToken item = in.nextToken(); item != JsonToken.END_ARRAY; item = in.nextToken()) {
            int value = item == JsonToken.VALUE_NUMBER_INT ? in.getIntValue() : -1;
            if (value < 0 || value > BYTE_MAX) {
                throw fault(column, "numbers from 0 to 255", String.valueOf(in.getText()));
            }
            out.write(value);
        }
        return out.toByteString();
    }

    private String text(JsonParser in, JsonToken token, SqlColumn column) throws IOException {
        expect(token == JsonToken.VALUE_STRING, column, token);
        return in.getText();
    }

    /** The value's own text, to the byte. */
    private String raw(JsonParser in) throws IOException {
        int start = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        in.finishToken();
        int end = (int) in.currentLocation().getByteOffset();
        return new String(whole, start, end - start, StandardCharsets.UTF_8);
    }

    private void expect(boolean fits, SqlColumn column, JsonToken found) {
        if (!fits) {
            throw fault(column, "a value of " + column.declared(), String.valueOf(found));
        }
    }

    private SnapshotFaultException fault(SqlColumn column, String expected, String found) {
        return new SnapshotFaultException(
                Kind.CONTENT,
                "column " + column.name() + " of a row of " + model.table() + ": expected " + expected + ", found "
                        + found);
    }
}
