package io.metawal.connectors.risingwave.backuptarget;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.RowJson;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The generator of snapshots' ids: the next id to give. A snapshot must hold one behind its own id, or the restored cluster would write its
 * next backup over it.
 */
final class Counters {
    private static final EntryKey ETCD =
            new EntryKey(RwSpaces.ID_DEFAULT, ByteString.copyFromUtf8("backup_id_next_generator"));
    private static final EntryKey SQL =
            new EntryKey(SqlModel.HUMMOCK_SEQUENCE.space(), ByteString.copyFromUtf8("meta_backup"));
    private static final EntryKey ETCD_OBJECTS =
            new EntryKey(RwSpaces.ID_DEFAULT, ByteString.copyFromUtf8("hummock_ss_table_id_next_generator"));
    private static final EntryKey SQL_OBJECTS =
            new EntryKey(SqlModel.HUMMOCK_SEQUENCE.space(), ByteString.copyFromUtf8("sstable_object"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private Counters() {}

    static EntryKey keyOf(int formatVersion) {
        return formatVersion == 1 ? ETCD : SQL;
    }

    static boolean isBackupId(EntryKey key) {
        return key.equals(ETCD) || key.equals(SQL);
    }

    static boolean isObjectId(EntryKey key) {
        return key.equals(ETCD_OBJECTS) || key.equals(SQL_OBJECTS);
    }

    /** The next id; unsigned. */
    static long next(Entry generator) {
        if (generator.entryKey().space().equals(RwSpaces.ID_DEFAULT)) {
            return ByteBuffer.wrap(generator.value().toByteArray()).getLong();
        }
        Long next = RowJson.number(SqlModel.HUMMOCK_SEQUENCE, generator.value(), "seq");
        if (next == null) {
            throw new UsageException(generator.entryKey().space() + " "
                    + generator.entryKey().key().toStringUtf8() + " has no seq: "
                    + generator.value().toStringUtf8());
        }
        return next;
    }

    /** @param generator of snapshots' ids; null where there is none yet */
    static Entry set(int formatVersion, @Nullable Entry generator, long next) {
        if (generator != null) {
            return set(generator, next);
        }
        EntryKey key = keyOf(formatVersion);
        ByteString none = formatVersion == 1 ? ByteString.EMPTY : ByteString.copyFromUtf8("{\"name\":\"meta_backup\"}");
        return set(new Entry(key, none, ByteString.EMPTY), next);
    }

    /** The same generator at another value. */
    static Entry set(Entry generator, long next) {
        if (generator.entryKey().space().equals(RwSpaces.ID_DEFAULT)) {
            ByteString bytes = ByteString.copyFrom(
                    ByteBuffer.allocate(Long.BYTES).putLong(next).array());
            return new Entry(generator.entryKey(), bytes, ByteString.EMPTY);
        }
        try {
            ObjectNode row = (ObjectNode) JSON.readTree(generator.value().toByteArray());
            ByteString value = ByteString.copyFrom(JSON.writeValueAsBytes(row.put("seq", next)));
            return new Entry(generator.entryKey(), value, ByteString.EMPTY);
        } catch (IOException e) {
            throw new UsageException(
                    generator.entryKey().space() + " "
                            + generator.entryKey().key().toStringUtf8() + " is no row: " + e.getMessage(),
                    e);
        }
    }
}
