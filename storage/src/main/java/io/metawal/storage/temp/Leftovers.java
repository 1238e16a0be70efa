package io.metawal.storage.temp;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Deletes the temporary folders of processes that are gone. Once for each directory and process. */
final class Leftovers {
    private static final Pattern NAME = Pattern.compile("\\.?" + TempFolder.PREFIX + "[a-z]+-\\d+");
    private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

    private Leftovers() {}

    static void sweep(Path directory) {
        if (!SWEPT.add(directory.toAbsolutePath().normalize())) {
            return;
        }
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, path -> isNamedSo(path) && Files.isDirectory(path))) {
            for (Path folder : entries) {
                deleteUnlessOwned(folder.toRealPath());
            }
        } catch (IOException | DirectoryIteratorException leftForTheNext) {
            // Another process may be sweeping too; nothing depends on it.
        }
    }

    private static boolean isNamedSo(Path path) {
        return NAME.matcher(String.valueOf(path.getFileName())).matches();
    }

    /**
     * A lock of this process must not be opened again: closing any channel of the file would release it. A folder without a lock
     * file is of a process that ended before it made one, or is about to: that one notices that the lock is taken, and makes another
     * folder.
     */
    private static void deleteUnlessOwned(Path folder) {
        Path file = folder.resolve(TempFolder.LOCK);
        if (OpenFolders.contains(folder)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                OpenFolders.delete(folder);
            }
        } catch (IOException | OverlappingFileLockException owned) {
            // Of another user, on a file system without locks, or opened by another thread meanwhile.
        }
    }
}
