package io.metawal.testkit.etcd;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs {@code etcd} and {@code etcdctl} of this machine. */
final class EtcdProgram {
    private static final long RUN_SECONDS_MAX = 30;

    private EtcdProgram() {}

    /** Where a program is: on the PATH, else, for etcd's own, out of its image where Docker runs. Fails with what to install. */
    static Path find(String name, String packages) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .or(() -> EtcdImage.program(name))
                .orElseThrow(() -> new IllegalStateException("no program \"" + name
                        + "\" on the PATH, and no Docker engine to take it from: install it, on Debian with apt-get install "
                        + packages));
    }

    static Process start(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Runs to the end and returns what was printed; fails where the exit code is not 0. */
    static String run(List<String> command) {
        try {
            Path out = Files.createTempFile("metawal-run-", ".out");
            try {
                Process process = start(command, out);
                if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " did not end within " + RUN_SECONDS_MAX + " s");
                }
                String printed = Files.readString(out);
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(command + " ended with " + process.exitValue() + ": " + printed);
                }
                return printed;
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
