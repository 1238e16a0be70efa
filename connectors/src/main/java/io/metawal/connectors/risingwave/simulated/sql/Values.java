package io.metawal.connectors.risingwave.simulated.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of columns: Long, Boolean, String, ByteString or UUID; a time is a text as a dump has it, and JSON is the text that
 * PostgreSQL prints, which the others keep as it is.
 */
final class Values {
    private Values() {}

    /** What stands for a value in a statement. */
    static String placeholder(SqlEngine engine, LevelColumn column) {
        if (engine != SqlEngine.POSTGRESQL) {
            return "?";
        }
        return switch (column.kind()) {
            case JSON -> "?::jsonb";
            case PLAINJSON -> "?::json";
            case DATETIME -> "?::timestamp";
            case ZONED -> "?::timestamptz";
            case UUID -> "?::uuid";
            default -> "?";
        };
    }

    static void bind(
            SqlEngine engine, PreparedStatement statement, int index, LevelColumn column, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, column.kind() == ColumnKind.BYTES ? Types.BINARY : nullType(column));
        } else if (value instanceof Long number) {
            if (column.kind() == ColumnKind.BIGINT) {
                statement.setLong(index, number);
            } else {
                statement.setInt(index, number.intValue());
            }
        } else if (value instanceof Boolean truth) {
            statement.setBoolean(index, truth);
        } else if (value instanceof ByteString bytes) {
            statement.setBytes(index, bytes.toByteArray());
        } else if (value instanceof UUID uuid && engine != SqlEngine.POSTGRESQL) {
            statement.setBytes(
                    index,
                    ByteBuffer.allocate(16)
                            .putLong(uuid.getMostSignificantBits())
                            .putLong(uuid.getLeastSignificantBits())
                            .array());
        } else {
            statement.setString(index, value.toString());
        }
    }

    private static int nullType(LevelColumn column) {
        return switch (column.kind()) {
            case SMALLINT, INT -> Types.INTEGER;
            case BIGINT -> Types.BIGINT;
            case BOOL -> Types.BOOLEAN;
            default -> Types.VARCHAR;
        };
    }

    /** As a dump has it. */
    static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        return value instanceof ByteString bytes ? DumpText.bytes(bytes.toByteArray()) : value.toString();
    }
}
