package io.metawal.bench;

import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code metawal run} beside the load, in a JVM of its own, into a new repository in a directory. */
final class Capturing implements AutoCloseable {
    private static final long LOOK_NANOS = 20_000_000L;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Path repository;
    private final Process process;
    private final Path log;

    private Capturing(Path repository, Process process, Path log) {
        this.repository = repository;
        this.process = process;
        this.log = log;
    }

    /** Returns once there is something in the repository: the base. */
    static Capturing start(Path directory, String source) throws IOException, InterruptedException {
        Path repository = directory.resolve("repository");
        Child.metawal("256m", java.util.Map.of(), "init", "--repo", repository.toString());
        Path log = directory.resolve("run.log");
        Process process = new ProcessBuilder(Child.command(
                        "1g", "run", "--repo", repository.toString(), "--source", source, "--http", "none"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Capturing capturing = new Capturing(repository, process, log);
        capturing.await(1);
        return capturing;
    }

    Path repository() {
        return repository;
    }

    /** Waits until so many commits are in the repository. */
    void await(long commits) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (archived() < commits) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the capture has " + archived() + " of " + commits + " commits: " + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    long archived() {
        History history = History.load(Repository.open(
                ObjectStoreOpener.open(repository.toString(), IfAbsent.REFUSE, InstantSource.system())));
        return history.head(1).map(head -> head.at().seq()).orElse(0L);
    }

    /** As an operator stops it: what is captured is archived. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException("the capture ended with an error: " + Files.readString(log));
        }
    }

    List<String> says() throws IOException {
        return Files.readAllLines(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
