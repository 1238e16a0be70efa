package io.metawal.testkit.sql;

import io.metawal.testkit.servers.ServerDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;

/**
 * The data of a server that holds nothing yet. Filling them takes a server's own program seconds, so it is done once for each
 * program of this machine, under the temporary directory, and every server gets a copy.
 */
final class EmptyData {
    private EmptyData() {}

    /**
     * Copies the empty data of a server, with owners and modes, to {@code to}, which is not there yet.
     *
     * @param program whose data; another size or time of it means other data
     * @param fill makes the data directory of the server directory that it is given
     */
    static void copy(Path program, BinlogServer.Installation fill, Path to) {
        SqlPrograms.run(List.of("cp", "-a", filled(program, fill).toString(), to.toString()));
    }

    private static synchronized Path filled(Path program, BinlogServer.Installation fill) {
        try {
            Path real = program.toRealPath();
            String made = real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real);
            String name = "metawal-empty-" + Objects.requireNonNull(program.getFileName()) + "-"
                    + System.getProperty("user.name") + "-" + Integer.toHexString(made.hashCode());
            Path parent = Path.of(System.getProperty("java.io.tmpdir"));
            Path home = parent.resolve(name);
            if (!Files.isDirectory(home)) {
                fill(parent, home, fill);
            }
            return new ServerDirectory(home).data();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Complete once it has its name: filled beside it, then renamed. */
    private static void fill(Path parent, Path home, BinlogServer.Installation fill) throws IOException {
        ServerDirectory partial = new ServerDirectory(Files.createTempDirectory(parent, "metawal-empty-filling-"));
        try {
            // The server runs as another user where the tests run as root.
            Files.setPosixFilePermissions(partial.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
            fill.into(partial.data());
            Files.move(partial.path(), home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another JVM was quicker.
            partial.delete();
            if (!Files.isDirectory(home)) {
                throw e;
            }
        } catch (IllegalStateException e) {
            partial.delete();
            throw e;
        }
    }
}
