package io.metawal.storage.rocks;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.image.SpaceEntries;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/** A RocksDB snapshot of an image: what is applied later does not show, and what it needs stays until it is closed. */
final class RocksView implements ImageView {
    private static final long READ_AHEAD_BYTES = 2L << 20;

    private final Path directory;
    private final Generation generation;
    private final Provenance provenance;
    private final Snapshot snapshot;
    private final Shared use;
    private final AtomicBoolean closed = new AtomicBoolean();

    RocksView(Path directory, Generation generation, Provenance provenance) {
        this.directory = directory;
        this.generation = generation;
        this.provenance = provenance;
        generation.use.retain();
        this.snapshot = generation.db.getSnapshot();
        this.use = new Shared(() -> {
            generation.db.releaseSnapshot(snapshot);
            snapshot.close();
            generation.use.release();
        });
    }

    @Override
    public Provenance provenance() {
        return provenance;
    }

    @Override
    public @Nullable Entry find(EntryKey key) {
        retain();
        try (ReadOptions atSnapshot = new ReadOptions().setSnapshot(snapshot)) {
            byte[] value = generation.db.get(generation.family, atSnapshot, RocksLayout.key(key));
            return value == null ? null : RocksLayout.entry(key, value);
        } catch (RocksDBException e) {
            throw RocksFaults.of(directory, "find a key", e);
        } finally {
            use.release();
        }
    }

    @Override
    public EntryIterator entries() {
        retain();
        return new Entries(new byte[0]);
    }

    @Override
    public EntryIterator entries(Space space) {
        retain();
        return new SpaceEntries(new Entries(RocksLayout.key(new EntryKey(space, ByteString.EMPTY))), space);
    }

    @Override
    public EntryIterator entriesFrom(EntryKey first) {
        retain();
        return new SpaceEntries(new Entries(RocksLayout.key(first)), first.space());
    }

    private void retain() {
        if (closed.get()) {
            throw new IllegalStateException("this view of an image was closed already");
        }
        use.retain();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            use.release();
        }
    }

    /** For one thread; it keeps the view's snapshot until it is closed itself. */
    private final class Entries implements EntryIterator {
        private final ReadOptions options =
                new ReadOptions().setSnapshot(snapshot).setFillCache(false).setReadaheadSize(READ_AHEAD_BYTES);
        private final RocksIterator iterator = generation.db.newIterator(generation.family, options);
        private @Nullable Space lastSpace;
        private boolean done;

        /** @param from the first key, or what stands before it */
        Entries(byte[] from) {
            iterator.seek(from);
        }

        @Override
        public boolean hasNext() {
            if (done) {
                return false;
            }
            if (iterator.isValid()) {
                return true;
            }
            try {
                // A read error ends an iteration just as its end does.
                iterator.status();
            } catch (RocksDBException e) {
                throw RocksFaults.of(directory, "read all entries", e);
            }
            return false;
        }

        @Override
        public Entry next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the view has no further entry");
            }
            EntryKey key = RocksLayout.key(iterator.key(), lastSpace);
            lastSpace = key.space();
            Entry entry = RocksLayout.entry(key, iterator.value());
            iterator.next();
            return entry;
        }

        @Override
        public void close() {
            if (!done) {
                done = true;
                iterator.close();
                options.close();
                use.release();
            }
        }
    }
}
