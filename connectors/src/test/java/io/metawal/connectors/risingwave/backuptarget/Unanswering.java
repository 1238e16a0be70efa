package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that takes a manifest, and answers no request for it after that. */
final class Unanswering implements ObjectStore {
    private final ObjectStore store;
    private boolean replaced;

    Unanswering(ObjectStore store) {
        this.store = store;
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
        replaced = true;
    }

    @Override
    public byte[] read(ObjectKey key) {
        if (replaced) {
            throw new UnreachableException("the store does not answer");
        }
        return store.read(key);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return store.read(key, offset, length);
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
    public void close() {
        store.close();
    }
}
