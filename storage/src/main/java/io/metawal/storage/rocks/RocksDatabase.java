package io.metawal.storage.rocks;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Provenance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** An open directory of RocksDB and its column families; it is closed when the image and all its views are. */
final class RocksDatabase {
    private static final byte[] DIGESTS = "digests".getBytes(StandardCharsets.US_ASCII);

    final Path path;
    final RocksSettings settings;
    final RocksDB db;
    final ColumnFamilyHandle digests;
    final Shared use;
    private final ColumnFamilyHandle state;
    private final List<ColumnFamilyHandle> others = new ArrayList<>();
    private final ManifestWatch manifest;

    private RocksDatabase(
            RocksDirectory directory, RocksSettings settings, RocksDB db, List<ColumnFamilyHandle> families)
            throws RocksDBException, IOException {
        this.path = directory.path;
        this.settings = settings;
        this.db = db;
        this.state = families.get(0);
        checkState(directory.manifest);
        ColumnFamilyHandle found = null;
        for (ColumnFamilyHandle family : families.subList(1, families.size())) {
            if (Arrays.equals(family.getName(), DIGESTS)) {
                found = family;
            } else {
                others.add(family);
            }
        }
        this.digests = found == null ? createFamily(DIGESTS) : found;
        this.use = new Shared(this::closeNatives);
        this.manifest = new ManifestWatch(path);
    }

    static RocksDatabase open(Path path) {
        RocksSettings settings = RocksDirectory.settings();
        RocksDB db = null;
        boolean done = false;
        try {
            RocksDirectory directory = RocksDirectory.prepare(path);
            List<ColumnFamilyDescriptor> descriptors = directory.families(settings).stream()
                    .map(name -> new ColumnFamilyDescriptor(name, settings.family))
                    .toList();
            List<ColumnFamilyHandle> families = new ArrayList<>();
            db = RocksDB.open(settings.database, path.toString(), descriptors, families);
            RocksDatabase opened = new RocksDatabase(directory, settings, db, families);
            done = true;
            return opened;
        } catch (RocksDBException e) {
            throw RocksFaults.of(path, "open it", e);
        } catch (IOException e) {
            throw RocksFaults.of(path, "open it", e);
        } finally {
            if (!done) {
                if (db != null) {
                    db.close();
                }
                settings.close();
            }
        }
    }

    /** Opening has begun a new list of files by now, without a trace of the damage: so what is found is put down. */
    private void checkState(@Nullable Manifest opened) throws RocksDBException {
        byte[] format = db.get(state, RocksLayout.FORMAT_KEY);
        int version = format == null ? 0 : ByteBuffer.wrap(format).getInt();
        if (version > RocksLayout.FORMAT) {
            throw new UnsupportedFormatException("image " + path + " has format " + version
                    + ", this version reads up to " + RocksLayout.FORMAT + ": use a newer metawal, or "
                    + RocksFaults.REBUILD);
        }
        byte[] sealed = db.get(state, RocksLayout.SEAL_KEY);
        boolean lost = sealed != null && opened != null && !opened.holds(ManifestSeal.parse(sealed));
        if (lost) {
            try (WriteOptions synced = new WriteOptions().setSync(true)) {
                db.put(state, synced, RocksLayout.DAMAGED_KEY, new byte[0]);
            }
        }
        if (lost || db.get(state, RocksLayout.DAMAGED_KEY) != null) {
            throw new CorruptException(
                    "image " + path + " has lost files from its list of files: " + RocksFaults.REBUILD);
        }
    }

    /** The entries that count; what a load did not finish is dropped, and an empty database gets its first ones. */
    Generation generation() throws RocksDBException {
        byte[] active = db.get(state, RocksLayout.ACTIVE_KEY);
        long number = active == null ? 0 : ByteBuffer.wrap(active).getLong();
        Generation found = null;
        for (ColumnFamilyHandle family : List.copyOf(others)) {
            others.remove(family);
            if (new String(family.getName(), StandardCharsets.US_ASCII).equals(Generation.PREFIX + number)) {
                found = new Generation(this, number, family);
            } else {
                db.dropColumnFamily(family);
                family.close();
            }
        }
        if (active == null) {
            return first();
        }
        if (found == null) {
            throw new CorruptException("image " + path + " lacks its entries: " + RocksFaults.REBUILD);
        }
        return found;
    }

    private Generation first() throws RocksDBException {
        Generation generation = create(1);
        try (WriteBatch batch = new WriteBatch();
                WriteOptions synced = new WriteOptions().setSync(true)) {
            byte[] format = ByteBuffer.allocate(Integer.BYTES)
                    .putInt(RocksLayout.FORMAT)
                    .array();
            batch.put(state, RocksLayout.FORMAT_KEY, format);
            putState(batch, generation, Provenance.START);
            db.write(synced, batch);
        }
        return generation;
    }

    Generation create(long number) throws RocksDBException {
        return new Generation(
                this, number, createFamily((Generation.PREFIX + number).getBytes(StandardCharsets.US_ASCII)));
    }

    private ColumnFamilyHandle createFamily(byte[] name) throws RocksDBException {
        return db.createColumnFamily(new ColumnFamilyDescriptor(name, settings.family));
    }

    void putState(WriteBatch batch, Generation generation, Provenance at) throws RocksDBException {
        batch.put(state, RocksLayout.ACTIVE_KEY, RocksLayout.number(generation.number));
        batch.put(state, RocksLayout.PROVENANCE_KEY, RocksLayout.provenance(at));
        try {
            batch.put(state, RocksLayout.SEAL_KEY, manifest.seal().bytes());
        } catch (IOException e) {
            throw RocksFaults.of(path, "read its list of files", e);
        }
    }

    Provenance provenance() throws RocksDBException {
        byte[] bytes = db.get(state, RocksLayout.PROVENANCE_KEY);
        if (bytes == null) {
            throw new CorruptException("image " + path + " lacks its provenance: " + RocksFaults.REBUILD);
        }
        return RocksLayout.provenance(bytes);
    }

    private void closeNatives() {
        others.forEach(ColumnFamilyHandle::close);
        digests.close();
        state.close();
        db.close();
        settings.close();
    }
}
