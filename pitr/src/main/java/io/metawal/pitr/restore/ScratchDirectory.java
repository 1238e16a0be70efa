package io.metawal.pitr.restore;

import io.metawal.pitr.replay.ReplayLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for the temporary files of one restore, deleted with all that is in it when it is closed. */
final class ScratchDirectory implements AutoCloseable {
    private final Path directory;

    private ScratchDirectory(Path directory) {
        this.directory = directory;
    }

    static ScratchDirectory in(Path parent) {
        try {
            return new ScratchDirectory(Files.createTempDirectory(parent, "metawal-restore-"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a scratch directory in " + parent, e);
        }
    }

    Path path() {
        return directory;
    }

    /** The same limits, with temporary files here. */
    ReplayLimits of(ReplayLimits limits) {
        return new ReplayLimits(limits.threads(), limits.memoryBytes(), directory);
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }
}
