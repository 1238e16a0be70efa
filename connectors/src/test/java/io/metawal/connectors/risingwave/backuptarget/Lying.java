package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that gives snapshots back with one bit changed. */
final class Lying implements ObjectStore {
    private final ObjectStore store;

    Lying(ObjectStore store) {
        this.store = store;
    }

    private static byte[] changed(ObjectKey key, byte[] bytes) {
        if (key.value().endsWith(".snapshot") && bytes.length > 0) {
            bytes[bytes.length / 2] ^= 1;
        }
        return bytes;
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        store.create(key, body);
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        store.replace(key, bytes);
    }

    @Override
    public byte[] read(ObjectKey key) {
        return changed(key, store.read(key).clone());
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return changed(key, store.read(key, offset, length).clone());
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        return store.stat(key);
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        store.delete(key);
    }

    @Override
    public void close() {}
}
