package io.metawal.connectors.risingwave.backup;

import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.io.InputStream;

/** An object's bytes, a few MiB in memory at a time. For one thread. */
final class ObjectInput extends InputStream {
    private static final int CHUNK_BYTES = 4 << 20;

    private final ObjectStore store;
    private final ObjectStat object;
    private byte[] chunk = {};
    private int used;
    private long next;

    ObjectInput(ObjectStore store, ObjectStat object) {
        this.store = store;
        this.object = object;
    }

    private boolean ready() {
        if (used == chunk.length && next < object.size()) {
            chunk = store.read(object.key(), next, (int) Math.min(CHUNK_BYTES, object.size() - next));
            used = 0;
            next += chunk.length;
            if (chunk.length == 0) {
                throw new UnreachableException(
                        object.key() + " in " + store.describe() + " became shorter while it was read");
            }
        }
        return used < chunk.length;
    }

    @Override
    public int read() {
        return ready() ? chunk[used++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) {
        if (wanted == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int some = Math.min(wanted, chunk.length - used);
        System.arraycopy(chunk, used, into, offset, some);
        used += some;
        return some;
    }
}
