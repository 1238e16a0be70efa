package io.metawal.pitr.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for the temporary files of one piece of work, deleted with all that is in it when it is closed. */
public final class ScratchDirectory implements AutoCloseable {
    private final Path directory;

    private ScratchDirectory(Path directory) {
        this.directory = directory;
    }

    /** @param prefix what its name begins with */
    public static ScratchDirectory in(Path parent, String prefix) {
        try {
            return new ScratchDirectory(Files.createTempDirectory(parent, prefix));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a scratch directory in " + parent, e);
        }
    }

    public Path path() {
        return directory;
    }

    /** The same limits, with temporary files here. */
    public ReplayLimits of(ReplayLimits limits) {
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
