package io.metawal.testkit.sql;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The directory with {@code initdb} and {@code postgres}: of {@code METAWAL_TEST_POSTGRES_BIN}; else of the archive that
 * Maven Central has for this kind of machine, unpacked once under the temporary directory; else of the PATH.
 */
final class PostgresPrograms {
    static final String DIRECTORY_VARIABLE = "METAWAL_TEST_POSTGRES_BIN";

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    private PostgresPrograms() {}

    static Optional<Path> directory() {
        String given = System.getenv(DIRECTORY_VARIABLE);
        if (given != null && !given.isBlank()) {
            return Optional.of(Path.of(given));
        }
        return archived()
                .or(() -> SqlPrograms.find("postgres")
                        .map(PostgresPrograms::real)
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb"))));
    }

    private static Path real(Path program) {
        try {
            return Objects.requireNonNull(program.toRealPath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Optional<Path> archived() {
        boolean fits = "Linux".equals(System.getProperty("os.name")) && "amd64".equals(System.getProperty("os.arch"));
        try (InputStream archive = fits ? PostgresPrograms.class.getResourceAsStream(ARCHIVE) : null) {
            return archive == null
                    ? Optional.empty()
                    : Optional.of(unpacked(archive).resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack " + ARCHIVE, e);
        }
    }

    /** Complete once it has its name: unpacked beside it, then renamed. */
    private static Path unpacked(InputStream archive) throws IOException {
        int length = archive.available();
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        Path home = parent.resolve("metawal-postgres-" + System.getProperty("user.name") + "-" + length);
        if (Files.isDirectory(home)) {
            return home;
        }
        Path partial = Files.createTempDirectory(parent, "metawal-postgres-unpacking-");
        // The server runs as another user where the tests run as root.
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
        unpack(archive, partial);
        try {
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another JVM was quicker.
            new ServerDirectory(partial).delete();
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
        return home;
    }

    private static void unpack(InputStream archive, Path to) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (@Nullable TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = to.resolve(entry.getName()).normalize();
                if (!path.startsWith(to)) {
                    throw new IOException(entry.getName() + " leads out of " + to);
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    Files.setPosixFilePermissions(
                            path,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x"));
                }
            }
        }
    }
}
