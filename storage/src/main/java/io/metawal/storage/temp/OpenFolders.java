package io.metawal.storage.temp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The temporary folders that this process has open, so that its end can delete them whatever its threads are doing. */
public final class OpenFolders {
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private OpenFolders() {}

    static void add(Path folder) {
        OPEN.add(folder);
    }

    static void remove(Path folder) {
        OPEN.remove(folder);
    }

    static boolean contains(Path folder) {
        return OPEN.contains(folder);
    }

    /** Deletes all of them: for the end of the process alone. */
    public static void deleteAll() {
        List.copyOf(OPEN).forEach(OpenFolders::delete);
    }

    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException leftForTheSweep) {
            // It takes space and does nothing else.
        }
        OPEN.remove(folder);
    }
}
