package io.metawal.storage.temp;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The temporary folders that this process has open, so that its end can delete them whatever its threads are doing. What is moved
 * out of a folder to its final place is moved completely before the folder is deleted, or not at all.
 */
public final class OpenFolders {
    /** A folder that a thread still writes to takes more than one pass. */
    private static final int PASSES_MAX = 10;

    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();
    private static final Set<Path> ENDING = ConcurrentHashMap.newKeySet();
    private static final ReentrantLock PUBLISHING = new ReentrantLock();
    private static volatile boolean ended;
    private static volatile boolean deletedAtEnd;

    /** A step that moves files out of a folder. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private OpenFolders() {}

    /** Whoever ends this process calls {@link #deleteAll} last; else each folder that outlives its work needs a hook of its own. */
    public static void deletedAtEnd() {
        deletedAtEnd = true;
    }

    static boolean areDeletedAtEnd() {
        return deletedAtEnd;
    }

    /** Refused once the process has deleted them all: what is made now would stay. */
    static void add(Path folder) {
        OPEN.add(folder);
        if (ended) {
            delete(folder);
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted: the process is ending");
        }
    }

    static void remove(Path folder) {
        OPEN.remove(folder);
    }

    static boolean contains(Path folder) {
        return OPEN.contains(folder);
    }

    /** Deletes all of them: for the end of the process alone. */
    public static void deleteAll() {
        ended = true;
        List<Path> all = List.copyOf(OPEN);
        ending(all);
        all.forEach(OpenFolders::delete);
    }

    /** Runs several steps that publish as one: the end of the process waits for the last of them. */
    public static void unbroken(Runnable steps) {
        PUBLISHING.lock();
        try {
            steps.run();
        } finally {
            PUBLISHING.unlock();
        }
    }

    /** Runs a step; refused where the folder is being deleted, since what is in it may be incomplete. */
    static void whileOpen(Path folder, Step step) throws IOException {
        PUBLISHING.lock();
        try {
            if (ENDING.contains(folder) || !OPEN.contains(folder)) {
                throw new MetawalException(
                        ExitCode.INTERRUPTED, "interrupted: the process is ending, and nothing was published");
            }
            step.run();
        } finally {
            PUBLISHING.unlock();
        }
    }

    static void delete(Path folder) {
        ending(List.of(folder));
        boolean deleted = false;
        for (int pass = 0; pass < PASSES_MAX && !deleted; pass++) {
            deleted = pass(folder);
        }
        OPEN.remove(folder);
        ENDING.remove(folder);
    }

    private static void ending(List<Path> folders) {
        PUBLISHING.lock();
        try {
            ENDING.addAll(folders);
        } finally {
            PUBLISHING.unlock();
        }
    }

    /**
     * What cannot be deleted is left to the next sweep: it takes space and does nothing else. The sweep finds it by its lock, which therefore
     * goes last: a process that dies in here, or a thread that still makes files, leaves a folder that has one.
     */
    private static boolean pass(Path folder) {
        Path lock = folder.resolve(TempFolder.LOCK);
        boolean all = true;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                all &= file.equals(lock) || file.equals(folder) || deleted(file);
            }
        } catch (IOException | UncheckedIOException changedMeanwhile) {
            return !Files.exists(folder);
        }
        if (!all || !deleted(lock)) {
            return false;
        }
        boolean gone = deleted(folder);
        if (!gone) {
            // A thread made a file in between.
            relock(lock);
        }
        return gone;
    }

    private static void relock(Path lock) {
        try {
            Files.createFile(lock);
        } catch (IOException goneMeanwhile) {
            // Nothing is left to be found.
        }
    }

    private static boolean deleted(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
