package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FilledDirectory;
import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The directory with {@code initdb} and {@code postgres}. Maven Central's archive is unpacked once for this machine. */
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

    private static Path archived() {
        URL archive = Objects.requireNonNull(PostgresPrograms.class.getResource(ARCHIVE));
        // The name of the jar, which has the version in it.
        return FilledDirectory.of("postgres", archive.toString(), data -> {
                    try (InputStream in = archive.openStream()) {
                        unpack(in, data);
                    }
                })
                .resolve("bin");
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
