package io.metawal.connectors.risingwave.backuptarget;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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

/**
 * The generator of snapshots' ids: the next id to give. A snapshot must hold one behind its own id, or the restored cluster would write its
 * next backup over it.
 */
final class Counters {
    private static final EntryKey ETCD =
            new EntryKey(RwSpaces.ID_DEFAULT, ByteString.copyFromUtf8("backup_id_next_generator"));
    private static final EntryKey SQL =
            new EntryKey(SqlModel.HUMMOCK_SEQUENCE.space(), ByteString.copyFromUtf8("meta_backup"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private Counters() {}

    static EntryKey keyOf(int formatVersion) {
        return formatVersion == 1 ? ETCD : SQL;
    }

    static boolean isBackupId(EntryKey key) {
        return key.equals(ETCD) || key.equals(SQL);
    }

    /** The next id; unsigned. */
    static long next(Entry generator) {
        if (generator.entryKey().equals(ETCD)) {
            return ByteBuffer.wrap(generator.value().toByteArray()).getLong();
        }
        Long next = RowJson.number(SqlModel.HUMMOCK_SEQUENCE, generator.value(), "seq");
        if (next == null) {
            throw new UsageException(SQL.space() + " meta_backup has no seq: "
                    + generator.value().toStringUtf8());
        }
        return next;
    }

    static Entry set(int formatVersion, @org.jspecify.annotations.Nullable Entry generator, long next) {
        if (formatVersion == 1) {
            ByteString bytes = ByteString.copyFrom(
                    ByteBuffer.allocate(Long.BYTES).putLong(next).array());
            return new Entry(ETCD, bytes, ByteString.EMPTY);
        }
        try {
            ObjectNode row = generator == null
                    ? JsonNodeFactory.instance.objectNode().put("name", "meta_backup")
                    : (ObjectNode) JSON.readTree(generator.value().toByteArray());
            return new Entry(SQL, ByteString.copyFrom(JSON.writeValueAsBytes(row.put("seq", next))), ByteString.EMPTY);
        } catch (IOException e) {
            throw new UsageException(SQL.space() + " meta_backup is no row: " + e.getMessage(), e);
        }
    }
}
