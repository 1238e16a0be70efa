package io.metawal.storage.rocks;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/** Sorted entries written as files that RocksDB takes over as they are. Holds one block of one file in memory. */
final class BulkFiles {
    private static final long FILE_BYTES = 128L << 20;

    private final Path database;
    private final Path folder;
    private final RocksSettings settings;
    private final List<String> files = new ArrayList<>();
    private Digest digest = Digest.EMPTY;
    private @Nullable EntryKey last;

    BulkFiles(Path database, RocksSettings settings) {
        this.database = database;
        this.folder = database.resolve("loading");
        this.settings = settings;
    }

    /** Writes all entries; {@code MismatchException} where they are not those of the digest. */
    List<String> write(EntryIterator entries, Digest expected) {
        clear();
        try (EnvOptions env = new EnvOptions();
                Options options = settings.options()) {
            Files.createDirectories(folder);
            while (entries.hasNext()) {
                writeFile(entries, env, options);
            }
        } catch (RocksDBException e) {
            throw RocksFaults.of(database, "load entries", e);
        } catch (IOException e) {
            throw RocksFaults.of(database, "load entries", e);
        }
        if (!digest.equals(expected)) {
            throw new MismatchException("image " + database + ": the entries to load have digest " + digest
                    + ", expected " + expected + ": nothing was loaded");
        }
        return files;
    }

    private void writeFile(EntryIterator entries, EnvOptions env, Options options) throws RocksDBException {
        String file = folder.resolve(String.format("%06d.sst", files.size())).toString();
        try (SstFileWriter writer = new SstFileWriter(env, options)) {
            writer.open(file);
            long bytes = 0;
            while (bytes < FILE_BYTES && entries.hasNext()) {
                Entry entry = entries.next();
                checkOrder(entry.entryKey());
                byte[] key = RocksLayout.key(entry.entryKey());
                byte[] value = RocksLayout.value(entry);
                writer.put(key, value);
                digest = digest.plus(Digest.of(entry));
                bytes += key.length + value.length;
            }
            writer.finish();
        }
        files.add(file);
    }

    private void checkOrder(EntryKey key) {
        if (last != null && last.compareTo(key) >= 0) {
            throw new CorruptException("image " + database + ": the entries to load are not sorted: key " + files.size()
                    + " of space " + key.space() + " does not come after the one before it");
        }
        last = key;
    }

    /** Deletes what an earlier load, or this one, left. */
    void clear() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var left = Files.list(folder)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw RocksFaults.of(database, "clear what a load left", e);
        }
    }
}
