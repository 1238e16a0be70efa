package io.metawal.testkit.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of this machine that end. */
final class SqlPrograms {
    private static final long RUN_SECONDS_MAX = 120;

    private SqlPrograms() {}

    static boolean runsAsRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Runs to the end; fails with what was printed where the exit code is not 0. */
    static void run(List<String> command) {
        try {
            Path out = Files.createTempFile("metawal-run-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
                if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " did not end within " + RUN_SECONDS_MAX + " s");
                }
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(
                            command + " ended with " + process.exitValue() + ": " + Files.readString(out));
                }
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    /** {@code first} followed by {@code rest}. */
    static List<String> line(List<String> first, String... rest) {
        List<String> line = new ArrayList<>(first);
        line.addAll(List.of(rest));
        return line;
    }
}
