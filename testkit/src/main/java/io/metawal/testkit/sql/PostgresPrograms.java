package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.ServerDirectory;
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
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The directory with {@code initdb} and {@code postgres}. Maven Central's archive is unpacked once under the temporary directory. */
final class PostgresPrograms {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    private PostgresPrograms() {}

    static Path directory(FoundServer found) {
        return found.origin() == Origin.MAVEN_CENTRAL ? archived() : real(found.programOrFail());
    }

    private static Path real(Path program) {
        try {
            return Objects.requireNonNull(program.toRealPath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Path archived() {
        try (InputStream archive = Objects.requireNonNull(PostgresPrograms.class.getResourceAsStream(ARCHIVE))) {
            return unpacked(archive).resolve("bin");
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
