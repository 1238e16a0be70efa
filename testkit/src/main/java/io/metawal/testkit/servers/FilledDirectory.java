package io.metawal.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Directories under the temporary directory that are expensive to fill: each is filled once for this machine and user, and only
 * read from then on. It gets its name once it is complete, with a file that says what it was filled from and how much it holds:
 * where a part of it is missing, such as after a clean-up of old files, it is filled again.
 */
public final class FilledDirectory {
    /** To be raised by every change of what is filled in, so that nobody reads what an older version of this code left. */
    private static final int VERSION = 2;

    private static final String MARKER = "complete";
    private static final Set<Path> CHECKED = ConcurrentHashMap.newKeySet();

    private FilledDirectory() {}

    /** Fills a directory. */
    @FunctionalInterface
    public interface Fill {
        /** @param data the directory to make and fill; its parent is there */
        void into(Path data) throws IOException;
    }

    /**
     * The directory that {@code fill} filled, now or earlier.
     *
     * @param kind a word for its name
     * @param from what it is made from: another text means another directory
     */
    public static Path of(String kind, String from, Fill fill) {
        return of(Path.of(System.getProperty("java.io.tmpdir")), kind, from, fill);
    }

    static synchronized Path of(Path parent, String kind, String from, Fill fill) {
        String made = VERSION + " " + from;
        Path home = parent.resolve(String.join(
                "-", "metawal", kind, System.getProperty("user.name"), Integer.toHexString(made.hashCode())));
        try {
            if (!CHECKED.contains(home) && !isComplete(home, made)) {
                discard(home);
                fill(home, made, fill);
            }
            CHECKED.add(home);
            return new ServerDirectory(home).data();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fill " + home, e);
        }
    }

    /** As a new JVM does. */
    static void forget() {
        CHECKED.clear();
    }

    private static boolean isComplete(Path home, String made) throws IOException {
        Path marker = home.resolve(MARKER);
        return Files.exists(marker) && Files.readString(marker).equals(marker(home, made));
    }

    private static String marker(Path home, String made) throws IOException {
        long count = 0;
        long bytes = 0;
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.equals(home.resolve(MARKER))) {
                    count++;
                    bytes += Files.size(file);
                }
            }
        }
        return made + "\n" + count + " files, " + bytes + " bytes\n";
    }

    /** Out of the way at once, then deleted. */
    private static void discard(Path home) throws IOException {
        Path away = home.resolveSibling(home.getFileName() + "-incomplete-" + System.nanoTime());
        if (Files.exists(home)) {
            Files.move(home, away, StandardCopyOption.ATOMIC_MOVE);
            new ServerDirectory(away).delete();
        }
    }

    private static void fill(Path home, String made, Fill fill) throws IOException {
        ServerDirectory partial = new ServerDirectory(Files.createTempDirectory(home.getParent(), "metawal-filling-"));
        try {
            // A server may run as another user where the tests run as root.
            Files.setPosixFilePermissions(partial.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
            fill.into(partial.data());
            Files.writeString(partial.path().resolve(MARKER), marker(partial.path(), made));
            Files.move(partial.path(), home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            partial.delete();
            // Another JVM was quicker.
            if (!isComplete(home, made)) {
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            partial.delete();
            throw e;
        }
    }
}
