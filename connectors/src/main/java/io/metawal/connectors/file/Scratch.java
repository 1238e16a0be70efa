package io.metawal.connectors.file;

import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A new folder for one piece of work, gone with all that is in it when it is closed. */
public final class Scratch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private final Path folder;

    /**
     * @param parent made where it is not there
     * @param prefix what the folder's name begins with
     */
    public Scratch(Path parent, String prefix) {
        try {
            Files.createDirectories(parent);
            folder = Files.createTempDirectory(parent, prefix);
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

    /** What cannot be deleted is named in the log: the work itself is done. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("temporary files are left in {}: {}", folder, e.toString());
        }
    }
}
