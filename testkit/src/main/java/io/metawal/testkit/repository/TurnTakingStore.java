package io.metawal.testkit.repository;

import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store before each of whose calls something is done: others are let pass, or come in between. */
public final class TurnTakingStore implements ObjectStore {
    private final ObjectStore inner;
    private final Runnable before;

    public TurnTakingStore(ObjectStore inner, Runnable before) {
        this.inner = inner;
        this.before = before;
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        before.run();
        inner.create(key, body);
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        before.run();
        inner.replace(key, bytes);
    }

    @Override
    public byte[] read(ObjectKey key) {
        before.run();
        return inner.read(key);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        before.run();
        return inner.read(key, offset, length);
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        before.run();
        return inner.stat(key);
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        before.run();
        return inner.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        before.run();
        inner.delete(key);
    }

    @Override
    public void close() {}
}
