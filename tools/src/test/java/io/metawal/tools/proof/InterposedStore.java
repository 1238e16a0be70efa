package io.metawal.tools.proof;

import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets something happen just before, or just after, one call: another writer's work at any moment of this one's. */
final class InterposedStore implements ObjectStore {
    private final ObjectStore inner;
    private final int at;
    private final boolean after;
    private Runnable event = () -> {};
    private int calls;

    InterposedStore(ObjectStore inner, int at, boolean after) {
        this.inner = inner;
        this.at = at;
        this.after = after;
    }

    /** Calls are counted from here on. */
    void start(Runnable what) {
        event = what;
        calls = 0;
    }

    /** Whether the moment came. */
    boolean reached() {
        return calls >= at;
    }

    private void before() {
        calls++;
        if (calls == at && !after) {
            event.run();
        }
    }

    private void behind() {
        if (calls == at && after) {
            event.run();
        }
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        before();
        inner.create(key, body);
        behind();
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        before();
        inner.replace(key, bytes);
        behind();
    }

    @Override
    public byte[] read(ObjectKey key) {
        before();
        byte[] bytes = inner.read(key);
        behind();
        return bytes;
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        before();
        byte[] bytes = inner.read(key, offset, length);
        behind();
        return bytes;
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        before();
        ObjectStat stat = inner.stat(key);
        behind();
        return stat;
    }

    @Override
    public List<ObjectStat> list(String prefix, String startAfter, int limit) {
        before();
        List<ObjectStat> found = inner.list(prefix, startAfter, limit);
        behind();
        return found;
    }

    @Override
    public void delete(ObjectKey key) {
        before();
        inner.delete(key);
        behind();
    }

    @Override
    public void close() {}
}
