package io.metawal.storage.temp;

import io.metawal.metadata.fault.LocalFaults;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A folder for the temporary files of one piece of work, with mode 0700. It is deleted when it is closed, or at the end of
 * the process ({@link OpenFolders}). After a crash, the next process that opens one in the same directory deletes it.
 *
 * <p>The folder contains {@code owner.lock}, which its process keeps locked. A folder whose lock can be taken has no owner any
 * more. This holds between containers and across reuse of process ids, where a process id in the name would not.
 */
public final class TempFolder implements AutoCloseable {
    static final String LOCK = "owner.lock";
    static final String PREFIX = "metawal-";
    private static final int ATTEMPTS_MAX = 10;
    private static final Object MAKING = new Object();

    private final Path folder;
    private final FileChannel lock;

    private TempFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** In the directory that the JVM has for temporary files. */
    public static TempFolder ofMachine(String what) {
        return in(machineDirectory(), what);
    }

    public static Path machineDirectory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * A new folder {@code metawal-<what>-<random>} in a directory that exists.
     *
     * @param what one word for the purpose, in lower case
     */
    public static TempFolder in(Path directory, String what) {
        return make(directory, PREFIX + what + "-");
    }

    /** As {@link #in}, with a name that begins with a dot: for a folder beside what somebody wants to have. */
    public static TempFolder hiddenIn(Path directory, String what) {
        return make(directory, "." + PREFIX + what + "-");
    }

    private static TempFolder make(Path directory, String prefix) {
        // One at a time: a sweep of this process must not find a folder that has no lock yet.
        synchronized (MAKING) {
            TempFolder made = made(directory, prefix);
            try {
                Leftovers.sweep(directory, Files.getLastModifiedTime(made.folder));
            } catch (IOException leftForTheNext) {
                // Nothing depends on a sweep.
            }
            return made;
        }
    }

    private static TempFolder made(Path directory, String prefix) {
        try {
            for (int attempt = 1; ; attempt++) {
                Path folder = Files.createTempDirectory(directory, prefix).toRealPath();
                OpenFolders.add(folder);
                FileChannel lock = locked(folder);
                if (lock != null) {
                    return new TempFolder(folder, lock);
                }
                OpenFolders.remove(folder);
                if (attempt == ATTEMPTS_MAX) {
                    throw new NoSuchFileException(folder.toString());
                }
            }
        } catch (IOException e) {
            throw LocalFaults.of("cannot make a folder for temporary files in " + directory, e);
        }
    }

    /** Null where another process swept the folder before it was locked. */
    private static @Nullable FileChannel locked(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (NoSuchFileException swept) {
            return null;
        } catch (IOException e) {
            OpenFolders.delete(folder);
            throw e;
        }
        try {
            // Where a sweep of another process holds it, that one deletes the folder.
            FileLock taken = channel.tryLock();
            if (taken == null || !Files.exists(file)) {
                channel.close();
                return null;
            }
        } catch (IOException withoutLocks) {
            // Such a file system keeps what a crash leaves: a sweep cannot tell that its owner is gone.
            return channel;
        }
        return channel;
    }

    public Path folder() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Moves a file or directory out of the folder to its final place. The end of the process comes before that or after it. */
    public void moveOut(String name, Path to) throws IOException {
        publish(() -> Files.move(file(name), to));
    }

    /** Runs a step that makes files of the folder visible at their final place, as {@link #moveOut} does. */
    public void publish(Publication step) throws IOException {
        OpenFolders.whileOpen(folder, step::run);
    }

    /** A step that publishes. */
    @FunctionalInterface
    public interface Publication {
        void run() throws IOException;
    }

    /** Deletes the folder with everything in it. What cannot be deleted now is left to the next sweep. */
    @Override
    public void close() {
        OpenFolders.delete(folder);
        try {
            lock.close();
        } catch (IOException readOnly) {
            // Nothing was written through it.
        }
    }
}
