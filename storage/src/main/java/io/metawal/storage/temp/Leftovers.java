package io.metawal.storage.temp;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Deletes the temporary folders of processes that are gone. Once for each directory and process. */
final class Leftovers {
    private static final Pattern NAME = Pattern.compile("\\.?" + TempFolder.PREFIX + "[a-z]+-\\d+");
    private static final long LOCKLESS_MILLIS_MAX = 3_600_000;
    private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

    private Leftovers() {}

    /** @param now by the clock of the file system, which gave the folders their times */
    static void sweep(Path directory, FileTime now) {
        if (!SWEPT.add(directory.toAbsolutePath().normalize())) {
            return;
        }
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, path -> isNamedSo(path) && Files.isDirectory(path))) {
            for (Path folder : entries) {
                deleteUnlessOwned(folder.toRealPath(), now);
            }
        } catch (IOException | DirectoryIteratorException leftForTheNext) {
            // Another process may be sweeping too; nothing depends on it.
        }
    }

    /**
     * A process that ended before it made its lock leaves a folder that is empty. One with files and no lock is not ours; nor is one
     * that somebody has just made.
     */
    private static void deleteEmpty(Path folder, FileTime now) throws IOException {
        long age = now.toMillis() - Files.getLastModifiedTime(folder).toMillis();
        if (age > LOCKLESS_MILLIS_MAX) {
            try {
                Files.delete(folder);
            } catch (DirectoryNotEmptyException notOurs) {
                // It stays.
            }
        }
    }

    private static boolean isNamedSo(Path path) {
        return NAME.matcher(String.valueOf(path.getFileName())).matches();
    }

    /** A lock of this process must not be opened again: closing any channel of the file would release it. */
    private static void deleteUnlessOwned(Path folder, FileTime now) throws IOException {
        Path file = folder.resolve(TempFolder.LOCK);
        if (OpenFolders.contains(folder)) {
            return;
        }
        if (!Files.isRegularFile(file)) {
            deleteEmpty(folder, now);
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                OpenFolders.delete(folder);
            }
        } catch (IOException | OverlappingFileLockException owned) {
            // Of another user, on a file system without locks, or opened by another thread meanwhile.
        }
    }
}
