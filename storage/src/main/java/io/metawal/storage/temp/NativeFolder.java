package io.metawal.storage.temp;

import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder that native libraries (zstd, RocksDB, SQLite) are unpacked to: one for each process, deleted at its end, and after
 * a crash by the next process.
 */
public final class NativeFolder {
    private static final long LIBRARY_BYTES = 32 << 20;
    private static @Nullable TempFolder made;

    private NativeFolder() {}

    public static synchronized Path path() {
        TempFolder there = made;
        if (there == null) {
            there = TempFolder.ofMachine("native");
            made = there;
            deleteAtEnd(there);
        }
        return there.folder();
    }

    /** A hook runs beside the other threads, which may still load from the folder: a process with an end of its own deletes it there. */
    private static void deleteAtEnd(TempFolder folder) {
        if (OpenFolders.areDeletedAtEnd()) {
            return;
        }
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(folder::close, "delete " + folder.folder()));
        } catch (IllegalStateException ending) {
            folder.close();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted: the process is ending", ending);
        }
    }

    /** Loads a library from the folder. */
    @FunctionalInterface
    public interface Loader {
        void load(Path folder) throws Exception;
    }

    /** Loads a library into this process; a failure names the folder and what to do about it. */
    public static void load(String library, Loader loader) {
        Path folder = path();
        try {
            loader.load(folder);
        } catch (MetawalException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            throw fault(library, e);
        }
    }

    /** What it means that a native library cannot be loaded. */
    public static MetawalException fault(String library, Throwable cause) {
        Path directory = TempFolder.machineDirectory();
        String text = "cannot load the native library of " + library + " from " + directory + ": "
                + String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        if (directory.toFile().getUsableSpace() < LIBRARY_BYTES && executes(directory)) {
            return new DiskFullException(
                    text + ". The file system is nearly full: free space there, or name another directory with"
                            + " METAWAL_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                    cause);
        }
        return new MetawalException(
                ExitCode.ACCESS_DENIED,
                text
                        + ". Programs must be allowed to run from there (no mount with noexec): name another directory with"
                        + " METAWAL_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                cause);
    }

    /** Whether files there can be executed, as far as a file with that permission tells. */
    private static boolean executes(Path directory) {
        try (TempFolder probe = TempFolder.in(directory, "probe")) {
            Path file = Files.createFile(probe.file("x"));
            Files.setPosixFilePermissions(
                    file, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE));
            return Files.isExecutable(file);
        } catch (MetawalException | IOException | UnsupportedOperationException notKnown) {
            return true;
        }
    }
}
