package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;

/**
 * One put or delete of a key.
 *
 * @param value the raw value; empty for a delete
 * @param meta what the source knows beside the value, as canonical JSON (see {@link Meta}); empty where there is none.
 *     It is part of the entry and of its digest
 */
public record Change(EntryKey entryKey, Op op, ByteString value, ByteString meta) {

    public static Change put(EntryKey key, ByteString value) {
        return new Change(key, Op.PUT, value, ByteString.EMPTY);
    }

    public static Change put(EntryKey key, ByteString value, ByteString meta) {
        return new Change(key, Op.PUT, value, meta);
    }

    public static Change delete(EntryKey key) {
        return new Change(key, Op.DELETE, ByteString.EMPTY, ByteString.EMPTY);
    }
}
