package io.metawal.storage.rocks;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.storage.temp.NativeFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What is looked at before RocksDB may open a directory, as it would take the rest of a damaged one for an empty one. */
final class RocksDirectory {
    private static boolean loaded;

    final Path path;

    /** Null where there is no database yet. */
    final @Nullable Manifest manifest;

    private RocksDirectory(Path path, @Nullable Manifest manifest) {
        this.path = path;
        this.manifest = manifest;
    }

    /** Makes the directory where it is not there. */
    static RocksDirectory prepare(Path path) {
        try {
            Files.createDirectories(path);
            if (Files.exists(path.resolve(Manifest.CURRENT))) {
                Manifest manifest = Manifest.read(path);
                manifest.check(path);
                return new RocksDirectory(path, manifest);
            }
            try (var files = Files.list(path)) {
                if (files.anyMatch(file -> !isFromCreation(file))) {
                    throw new CorruptException("image " + path + " has files but no " + Manifest.CURRENT
                            + ": give an empty directory; or, where it was an image, " + RocksFaults.REBUILD);
                }
            }
            return new RocksDirectory(path, null);
        } catch (NoSuchFileException e) {
            throw new CorruptException("image " + path + " lacks " + e.getMessage() + ": " + RocksFaults.REBUILD, e);
        } catch (FileNotFoundException e) {
            throw new CorruptException("image " + path + ": " + e.getMessage() + ": " + RocksFaults.REBUILD, e);
        } catch (IOException e) {
            throw RocksFaults.of(path, "open it", e);
        }
    }

    /** What may lie there after a crash in the midst of the first opening. */
    private static boolean isFromCreation(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.equals("LOCK") || name.startsWith("LOG") || name.equals("IDENTITY") || name.endsWith(".dbtmp");
    }

    List<byte[]> families(RocksSettings settings) throws RocksDBException {
        if (manifest == null) {
            return List.of(RocksDB.DEFAULT_COLUMN_FAMILY);
        }
        List<byte[]> names;
        try (Options options = settings.options()) {
            names = RocksDB.listColumnFamilies(options, path.toString());
        }
        if (names.isEmpty()) {
            throw new CorruptException("image " + path + " lists no entries: " + RocksFaults.REBUILD);
        }
        for (byte[] name : names) {
            String text = new String(name, StandardCharsets.UTF_8);
            if (!text.equals("default") && !text.equals("digests") && !text.startsWith(Generation.PREFIX)) {
                throw new CorruptException("image " + path + " is another RocksDB database (it has a column family "
                        + text + "): give another directory");
            }
        }
        return names;
    }

    /** To be had only once the native library is there. */
    static RocksSettings settings() {
        requireLibrary();
        return new RocksSettings();
    }

    /** Loads it once. ROCKSDB_SHAREDLIB_DIR names another place for it. */
    static synchronized void requireLibrary() {
        if (loaded) {
            return;
        }
        NativeFolder.load("RocksDB", folder -> {
            if (System.getenv("ROCKSDB_SHAREDLIB_DIR") == null) {
                NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
            }
            RocksDB.loadLibrary();
        });
        loaded = true;
    }
}
