package io.metawal.connectors.risingwave.backup;

import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A new folder for one piece of work, gone with all that is in it when it is closed. */
public final class Scratch implements AutoCloseable {
    private final Path folder;

    /** @param parent made where it is not there */
    public Scratch(Path parent) {
        try {
            Files.createDirectories(parent);
            folder = Files.createTempDirectory(parent, "risingwave-backup-");
        } catch (IOException e) {
            throw new UnreachableException("cannot make a folder for temporary files in " + parent + ": " + e, e);
        }
    }

    public Path folder() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UnreachableException("cannot delete temporary files in " + folder + ": " + e, e);
        }
    }
}
