package io.metawal.storage.rocks;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.image.Provenance;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The image in a directory of its own; {@link RocksLayout} has its bytes. It is a cache of the log: a commit, its digest and
 * the provenance are one batch, not synced, so after kill -9 it stands where it stood, after a power loss at an
 * earlier commit. A load puts new entries in the place of all old ones in one synced step.
 *
 * <p>Safe for several threads; one applies. Closing waits for nobody: what is native goes when the last view is closed.
 */
public final class RocksImage implements Image {
    /** Few enough that old values of a megabyte each fit in memory. */
    private static final int KEYS_PER_READ = 64;

    private final RocksDatabase database;
    private final WriteOptions unsynced = new WriteOptions();
    private Generation generation;
    private Provenance provenance;
    private long forgottenBefore;
    private volatile boolean closed;

    private RocksImage(RocksDatabase database) throws RocksDBException {
        this.database = database;
        this.generation = database.generation();
        this.provenance = database.provenance();
    }

    /**
     * Opens the image in a directory, or makes an empty one. {@code BusyException} where another process has it;
     * {@code CorruptException} or {@code UnsupportedFormatException} where it has to be {@link #discard discarded} and rebuilt.
     */
    public static RocksImage open(Path directory) {
        RocksDatabase database = RocksDatabase.open(directory);
        boolean done = false;
        try {
            new BulkFiles(directory, database.settings).clear();
            RocksImage image = new RocksImage(database);
            done = true;
            return image;
        } catch (RocksDBException e) {
            throw RocksFaults.of(directory, "open it", e);
        } finally {
            if (!done) {
                database.use.release();
            }
        }
    }

    /** Loads the native library, whose failure is better known before any work is done. */
    public static void requireLibrary() {
        RocksDirectory.requireLibrary();
    }

    /** Deletes the image in a directory, damaged or not, and no file that is not of one. */
    public static void discard(Path directory) {
        try (RocksSettings settings = RocksDirectory.settings();
                Options options = settings.options()) {
            new BulkFiles(directory, settings).clear();
            RocksDB.destroyDB(directory.toString(), options);
        } catch (RocksDBException e) {
            throw RocksFaults.of(directory, "delete it", e);
        }
    }

    @Override
    public synchronized Provenance provenance() {
        return provenance;
    }

    @Override
    public synchronized Digest apply(Commit commit) {
        checkOpen();
        MemoryImage.checkNext(provenance, commit);
        try (WriteBatch batch = new WriteBatch()) {
            Provenance next = Provenance.of(commit.header(), changeEntries(commit.changes(), batch));
            batch.put(database.digests, RocksLayout.number(next.seq()), RocksLayout.digest(next.digest()));
            database.putState(batch, generation, next);
            database.db.write(unsynced, batch);
            provenance = next;
            return next.digest();
        } catch (RocksDBException e) {
            throw RocksFaults.of(database.path, "apply seq " + commit.seq(), e);
        }
    }

    /** Of several changes of one key the last counts. Returns the digest with them. */
    private Digest changeEntries(List<Change> changes, WriteBatch batch) throws RocksDBException {
        Map<EntryKey, Change> last = new LinkedHashMap<>();
        changes.forEach(change -> last.put(change.entryKey(), change));
        List<Change> distinct = List.copyOf(last.values());
        Digest digest = provenance.digest();
        for (int from = 0; from < distinct.size(); from += KEYS_PER_READ) {
            List<Change> some = distinct.subList(from, Math.min(from + KEYS_PER_READ, distinct.size()));
            digest = changeSome(some, batch, digest);
        }
        return digest;
    }

    private Digest changeSome(List<Change> changes, WriteBatch batch, Digest before) throws RocksDBException {
        List<byte[]> keys = changes.stream()
                .map(change -> RocksLayout.key(change.entryKey()))
                .toList();
        List<byte @Nullable []> olds = valuesOf(keys);
        Digest digest = before;
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            byte[] old = olds.get(i);
            if (old != null) {
                digest = digest.minus(Digest.of(RocksLayout.entry(change.entryKey(), old)));
            }
            if (change.op() == Op.PUT) {
                Entry entry = Entry.of(change);
                digest = digest.plus(Digest.of(entry));
                batch.put(generation.family, keys.get(i), RocksLayout.value(entry));
            } else if (old != null) {
                batch.delete(generation.family, keys.get(i));
            }
        }
        return digest;
    }

    private List<byte @Nullable []> valuesOf(List<byte[]> keys) throws RocksDBException {
        if (keys.size() == 1) {
            return Collections.singletonList(database.db.get(generation.family, keys.get(0)));
        }
        return database.db.multiGetAsList(Collections.nCopies(keys.size(), generation.family), keys);
    }

    /** Reads every block of every file, those that no entry is in, too, and compares their checksums. */
    public synchronized void verify() {
        checkOpen();
        try {
            database.db.verifyChecksum();
        } catch (RocksDBException e) {
            throw RocksFaults.of(database.path, "verify its checksums", e);
        }
    }

    @Override
    public synchronized ImageView view() {
        checkOpen();
        return new RocksView(database.path, generation, provenance);
    }

    /**
     * As the port says, in one step: whatever goes wrong, or where the process dies, the image is the old one or the new
     * one. Entries that are not those of the provenance's digest are refused with {@code MismatchException}.
     */
    @Override
    public synchronized void load(Provenance at, EntryIterator entries) {
        checkOpen();
        BulkFiles bulk = new BulkFiles(database.path, database.settings);
        try {
            take(bulk.write(entries, at.digest()), at);
        } catch (RocksDBException e) {
            throw RocksFaults.of(database.path, "load entries", e);
        } finally {
            bulk.clear();
        }
    }

    private void take(List<String> files, Provenance at) throws RocksDBException {
        Generation loaded = database.create(generation.number + 1);
        Generation unused = loaded;
        try (WriteBatch batch = new WriteBatch();
                WriteOptions synced = new WriteOptions().setSync(true);
                IngestExternalFileOptions moved = new IngestExternalFileOptions().setMoveFiles(true)) {
            if (!files.isEmpty()) {
                database.db.ingestExternalFile(loaded.family, files, moved);
            }
            batch.deleteRange(database.digests, RocksLayout.number(0), RocksLayout.number(-1));
            database.putState(batch, loaded, at);
            database.db.write(synced, batch);
            unused = generation;
            generation = loaded;
            provenance = at;
            forgottenBefore = 0;
        } finally {
            database.db.dropColumnFamily(unused.family);
            unused.use.release();
        }
    }

    @Override
    public @Nullable Digest digestAt(long seq) {
        database.use.retain();
        try {
            byte[] digest = database.db.get(database.digests, RocksLayout.number(seq));
            return digest == null ? null : RocksLayout.digest(digest);
        } catch (RocksDBException e) {
            throw RocksFaults.of(database.path, "read the digest at seq " + seq, e);
        } finally {
            database.use.release();
        }
    }

    @Override
    public synchronized void forgetDigestsBefore(long seq) {
        checkOpen();
        if (seq <= forgottenBefore) {
            return;
        }
        try {
            database.db.deleteRange(
                    database.digests, unsynced, RocksLayout.number(forgottenBefore), RocksLayout.number(seq));
            forgottenBefore = seq;
        } catch (RocksDBException e) {
            throw RocksFaults.of(database.path, "forget digests before seq " + seq, e);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("image " + database.path + " was closed already");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            unsynced.close();
            generation.use.release();
            database.use.release();
        }
    }
}
