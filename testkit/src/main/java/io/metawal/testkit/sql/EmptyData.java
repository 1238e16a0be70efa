package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FilledDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The data of a server that holds nothing yet. Filling them takes a server's own program seconds, so it is done once for each
 * program of this machine, and every server gets a copy.
 */
final class EmptyData {
    private EmptyData() {}

    /**
     * Copies the empty data of a server, with owners and modes, to {@code to}, which is not there yet.
     *
     * @param program whose data; another size or time of it means other data
     * @param fill makes the data directory
     */
    static void copy(Path program, FilledDirectory.Fill fill, Path to) {
        Path name = Objects.requireNonNull(program.getFileName());
        SqlPrograms.run(List.of(
                "cp",
                "-a",
                FilledDirectory.of("empty-" + name, identity(program), fill).toString(),
                to.toString()));
    }

    private static String identity(Path program) {
        try {
            Path real = program.toRealPath();
            return real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
