package io.metawal.connectors.risingwave.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** What is known of RisingWave's columns beyond the type that the database gives them. */
final class RowColumns {
    private static final Set<String> MORE_IDS =
            Set.of("id", "oid", "epoch", "used_by", "granted_by", "grantee", "target_table", "object_id");
    private static final int UUID_BYTES = 16;
    private static final int DIGITS = 3;

    private RowColumns() {}

    /** Whether RisingWave counts without a sign in it: ids of 32 and 64 bits, and epochs. Iceberg's own ids of snapshots have one. */
    static boolean unsigned(String column) {
        return MORE_IDS.contains(column)
                || column.endsWith("_epoch")
                || column.endsWith("_id") && !column.equals("snapshot_id");
    }

    /** Whether a column of whole numbers holds 32 bits. */
    static boolean is32Bits(SqlColumn column) {
        String declared = column.declared().toLowerCase(Locale.ROOT);
        return declared.startsWith("int") && !declared.startsWith("int8");
    }

    static boolean isUuid(SqlModel model, String column) {
        return model == SqlModel.CLUSTER && column.equals("cluster_id");
    }

    /** 36 characters; what is no 16 bytes is taken for text. */
    static String uuid(ByteString bytes) {
        if (bytes.size() != UUID_BYTES) {
            return bytes.toStringUtf8();
        }
        ByteBuffer halves = bytes.asReadOnlyByteBuffer();
        return new UUID(halves.getLong(), halves.getLong()).toString();
    }

    static ByteString uuidBytes(String text) {
        UUID uuid = UUID.fromString(text);
        return ByteString.copyFrom(ByteBuffer.allocate(UUID_BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array());
    }

    /** {@code 2024-05-01 12:00:00.1234} with a {@code T}, and a fraction of none, 3, 6 or 9 digits. */
    static String isoTime(String timestamp) {
        String iso = timestamp.replace(' ', 'T');
        int dot = iso.indexOf('.');
        if (dot < 0) {
            return iso;
        }
        int digits = iso.length() - dot - 1;
        return iso + "0".repeat((DIGITS - digits % DIGITS) % DIGITS);
    }

    /**
     * The other way: without zeros at the end, and no fraction at all where there are only zeros. SQLite has the text that RisingWave gave
     * it, which is that of the snapshot but for the {@code T}.
     */
    static String timestamp(String isoTime, SqlEngine engine) {
        String text = isoTime.replace('T', ' ');
        if (text.indexOf('.') < 0 || engine == SqlEngine.SQLITE) {
            return text;
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
