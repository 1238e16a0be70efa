package io.metawal.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.metawal.metadata.port.Source;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.cli.MetawalCommand;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineConfig;
import io.metawal.wal.archive.ArchivePolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A daemon of this process on a repository of files, which compares all the time; and an operator's commands on the repository. */
final class RunningCapture implements AutoCloseable {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path repo;
    private final Repository repository;
    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final Status status = Status.silent();

    RunningCapture(Path directory, Source source) throws IOException {
        this.repo = Files.createDirectories(directory.resolve("repo"));
        this.repository = Repository.init(new FileObjectStore(repo, CLOCK), "test", CLOCK.instant())
                .repository();
        EngineConfig config = new EngineConfig(
                repo.resolveSibling("repo.wal"),
                null,
                source.identity(),
                "test",
                new ArchivePolicy(1 << 20, Duration.ofMillis(50)),
                SnapshotPolicy.DEFAULT,
                EngineConfig.LOG_BYTES_MAX);
        Daemon.DaemonConfig how = new Daemon.DaemonConfig(
                new ComparisonPace.PaceSettings(0.5, Duration.ofMillis(100)), Health.DEFAULT, status.cluster("test"));
        Thread thread = new Thread(() -> run(source, config, how), "daemon");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Source source, EngineConfig config, Daemon.DaemonConfig how) {
        try (Engine engine = Engine.open(repository, config, CLOCK)) {
            long unused = new Daemon(engine, source, how, CLOCK).run(stop);
        } catch (RuntimeException | Error e) {
            stopped.completeExceptionally(e);
        }
        stopped.complete(null);
    }

    History history() {
        return History.load(repository);
    }

    Head head() {
        return history().newestHead().orElseThrow();
    }

    /** What {@code /healthz} says. */
    List<String> complaints() {
        return status.complaints();
    }

    void await(String what, BooleanSupplier until) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!until.getAsBoolean()) {
            if (stopped.isDone()) {
                stopped.join();
            }
            assertThat(System.nanoTime())
                    .as("waited in vain for " + what + ": " + complaints())
                    .isLessThan(end);
            LockSupport.parkNanos(50_000_000L);
        }
    }

    /** Waits until a round of comparisons agreed that began at a seq or later. */
    void awaitCompared(long seq) {
        await(
                "a comparison that agrees from seq " + seq + " on",
                () -> history()
                        .newestHead()
                        .map(Head::compared)
                        .filter(compared -> compared.seq() >= seq)
                        .isPresent());
    }

    /** Lets the archive catch up, and ends. */
    void stop() throws Exception {
        stop.complete(null);
        stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** What a command ended with, and printed. */
    record Done(int exit, String printed) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(printed);
            } catch (IOException e) {
                throw new AssertionError(printed, e);
            }
        }
    }

    Done command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--repo", repo.toString()));
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            int exit = MetawalCommand.run(all.toArray(String[]::new), out, out);
            return new Done(exit, shown.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }

    /** The lines of a restore of a point into a file. */
    List<String> restored(String ref) throws IOException {
        Path file = repo.resolveSibling("restored.ndjson");
        Files.deleteIfExists(file);
        Done done = command("restore", "--to", ref, "--into", "ndjson:" + file, "--progress=none");
        assertThat(done.exit()).as(done.printed()).isIn(0, 16);
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        }
    }

    @Override
    public void close() {
        stop.complete(null);
        var unused = stopped.handle((done, failed) -> failed == null)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        status.close();
    }
}
