package io.metawal.storage.object;

import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The store as a sorted map: the plain twin of the real ones. It holds what was stored until it is no longer referred to. */
public final class MemoryObjectStore implements ObjectStore {
    private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final InstantSource clock;
    private final long usableBytes;

    public MemoryObjectStore(InstantSource clock) {
        this(clock, Long.MAX_VALUE);
    }

    /** @param usableBytes what it says can be stored */
    public MemoryObjectStore(InstantSource clock, long usableBytes) {
        this.clock = clock;
        this.usableBytes = usableBytes;
    }

    @Override
    public long usableBytes() {
        return usableBytes;
    }

    @Override
    public String describe() {
        return "memory:";
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        Stored stored = new Stored(bytesOf(key, body), clock.instant());
        if (objects.putIfAbsent(key.value(), stored) != null) {
            throw new ObjectExistsException(key + " exists already in " + describe());
        }
    }

    private byte[] bytesOf(ObjectKey key, ObjectBody body) {
        try (InputStream in = body.open(0)) {
            byte[] bytes = in.readAllBytes();
            if (bytes.length != body.size()) {
                throw new IOException(ObjectBody.class.getSimpleName() + " announced " + body.size() + " bytes, gave "
                        + bytes.length);
            }
            return bytes;
        } catch (IOException e) {
            throw new UnreachableException(describe() + ": cannot create " + key + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        objects.put(key.value(), new Stored(bytes.clone(), clock.instant()));
    }

    @Override
    public byte[] read(ObjectKey key) {
        return stored(key).bytes.clone();
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        ByteRange range = new ByteRange(offset, length);
        byte[] bytes = stored(key).bytes;
        int from = (int) Math.min(offset, bytes.length);
        return Arrays.copyOfRange(bytes, from, from + range.lengthIn(bytes.length));
    }

    private Stored stored(ObjectKey key) {
        Stored stored = objects.get(key.value());
        if (stored == null) {
            throw new ObjectNotFoundException(key + " is not in " + describe());
        }
        return stored;
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        Stored stored = objects.get(key.value());
        return stored == null ? null : stored.stat(key.value());
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        var from = prefix.compareTo(after) > 0 ? objects.tailMap(prefix, true) : objects.tailMap(after, false);
        return from.entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .limit(Math.max(limit, 0))
                .map(entry -> entry.getValue().stat(entry.getKey()))
                .toList();
    }

    @Override
    public void delete(ObjectKey key) {
        objects.remove(key.value());
    }

    @Override
    public void close() {}

    private static final class Stored {
        private final byte[] bytes;
        private final Instant modified;

        Stored(byte[] bytes, Instant modified) {
            this.bytes = bytes;
            this.modified = modified;
        }

        ObjectStat stat(String key) {
            return new ObjectStat(new ObjectKey(key), bytes.length, modified);
        }
    }
}
