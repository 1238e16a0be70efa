package io.metawal.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where and how much a benchmark measures.
 *
 * @param directory for what it writes; on the disk that is to be measured
 */
record Setting(Scale scale, Path directory) {
    /** A new directory, for its maker to remove. */
    Path fresh(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(directory), "metawal-bench-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory in " + directory, e);
        }
    }

    static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }
}
