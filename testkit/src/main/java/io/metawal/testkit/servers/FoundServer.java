package io.metawal.testkit.servers;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A server that this machine has.
 *
 * @param version as the program, the directory or the library names it; {@code ?} for a running server
 * @param where the variable, path, library or image
 * @param program the program to start; null where there is no such file: a running server, a library, an image
 */
public record FoundServer(
        Origin origin,
        String version,
        String where,
        @Nullable Path program) {

    /** The program; fails where the origin has none. */
    public Path programOrFail() {
        Path file = program;
        if (file == null) {
            throw new IllegalStateException(origin.label() + " " + where + " is not a program");
        }
        return file;
    }

    /** As the table shows it. */
    String shown() {
        return origin.label() + ": " + where;
    }
}
