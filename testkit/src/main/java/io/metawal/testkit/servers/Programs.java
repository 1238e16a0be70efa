package io.metawal.testkit.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds programs of this machine and asks for their versions. */
public final class Programs {
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)*");
    private static final long ANSWER_SECONDS_MAX = 20;
    private static final File NOTHING = new File("/dev/null");

    private Programs() {}

    /** A program on the PATH, or where Debian keeps those that only root needs. */
    public static Optional<Path> onPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The directory that the scripts of {@code bin} fetch into. */
    public static Path cache() {
        String given = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).orElse("");
        Path root = given.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(given);
        return root.resolve("metawal");
    }

    /** The first version number in what a program prints with these arguments; {@code ?} where there is none. */
    static String version(Path program, String... arguments) {
        Matcher matcher = VERSION.matcher(printed(program, arguments));
        return matcher.find() ? matcher.group() : "?";
    }

    /** What a program prints, where it ends with 0; else nothing. */
    static String printed(Path program, String... arguments) {
        return printed(ANSWER_SECONDS_MAX * 1000, program, arguments);
    }

    /** As {@link #printed(Path, String...)}; nothing also where it has not ended by then. */
    static String printed(long waitMillis, Path program, String... arguments) {
        List<String> command = Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                .toList();
        try {
            // A file, not a pipe: a child that it leaves would keep the pipe open.
            Path out = Files.createTempFile("metawal-printed-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .redirectInput(NOTHING)
                        .start();
                if (!process.waitFor(waitMillis, TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    return "";
                }
                return process.exitValue() == 0 ? Files.readString(out) : "";
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            // Not a program of this system, or one that prints no text: it is not what anybody looks for.
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
