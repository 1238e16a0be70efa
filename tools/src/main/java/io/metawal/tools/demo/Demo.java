package io.metawal.tools.demo;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
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

/**
 * Tells the story step by step. Everything is real: the log, the repository, and every command that is shown is run as it
 * stands. At the end what was restored is held against what was there before the mistake.
 */
public final class Demo {
    private static final int COMMITS = 3000;
    private static final int COMMITS_AFTER = 400;
    private static final long PAUSE_NANOS = 700_000_000L;

    private final Path directory;
    private final long seed;
    private final boolean fast;
    private final PrintStream out;

    public Demo(Path directory, long seed, boolean fast, PrintStream out) {
        this.directory = directory;
        this.seed = seed;
        this.fast = fast;
        this.out = out;
    }

    /** Returns 0 exactly when the restored metadata equals what was there before the mistake. */
    public int run() throws IOException {
        Path repo = directory.resolve("repo");
        say("1. A meta service runs (simulated, seed " + seed + "); metawal captures each of its transactions.");
        Mistake mistake = capture(repo);
        say("   " + mistake.last() + " commits are in " + repo);
        command("info", "--repo", repo.toString());

        say("2. Somebody notices: the view \"" + mistake.view() + "\" is gone. What happened to it?");
        command("history", "catalog.view/" + mistake.viewId(), "--repo", repo.toString());
        command("log", "seq:" + mistake.seq() + "..seq:" + mistake.seq(), "--repo", repo.toString());

        say("3. Commit " + mistake.seq() + " did it. What would going back before it bring? (- was there before)");
        command("diff", "seq:" + mistake.seq() + "~1..seq:" + mistake.seq(), "--repo", repo.toString());

        say("4. The plan of the restore, then the restore: to just before that commit.");
        Path restored = directory.resolve("restored.ndjson");
        List<String> restore =
                List.of("restore", "--to", "seq:" + mistake.seq(), "--exclusive", "--repo", repo.toString());
        command(with(restore, "--plan"));
        int exit = command(with(restore, "--into", "ndjson:" + restored));

        say("5. The proof. What is restored, against what the service itself held before the mistake:");
        boolean same = Files.exists(restored)
                && Files.readString(restored).contains("\"value\":\"create materialized view " + mistake.view() + "\"");
        List<String> lines = same ? Files.readAllLines(restored) : List.of();
        say("   the view is back: " + (same ? "yes" : "NO") + "; entries: " + lines.size() + ", expected "
                + mistake.entriesBefore());
        int verified = command("verify", "--level", "replay", "--repo", repo.toString());
        boolean good = exit == 0 && same && verified == 0 && lines.size() == mistake.entriesBefore();
        say(good ? "Done: the metadata is back, and proven. Everything is still in " + directory : "The demo FAILED.");
        return good ? 0 : 1;
    }

    /** What was done wrong, and where. */
    private record Mistake(long seq, int viewId, String view, long last, long entriesBefore) {}

    private Mistake capture(Path repo) {
        InstantSource clock = InstantSource.system();
        long hourAgo = Timestamps.micros(clock.instant()) - TimeUnit.HOURS.toMicros(1);
        SimulatedMetaService service = new SimulatedMetaService(seed, hourAgo);
        try (ObjectStore store = ObjectStoreOpener.open(repo.toString(), IfAbsent.CREATE, clock)) {
            Repository repository =
                    Repository.init(store, "demo", clock.instant()).repository();
            EngineConfig config = new EngineConfig(
                    directory.resolve("repo.wal"),
                    null,
                    "",
                    "demo",
                    new ArchivePolicy(64 << 10, Duration.ofMillis(200)),
                    SnapshotPolicy.DEFAULT,
                    EngineConfig.LOG_BYTES_MAX);
            try (Engine engine = Engine.open(repository, config, clock)) {
                append(engine, service, COMMITS / 2);
                engine.snapshot("the demo asks for one");
                append(engine, service, COMMITS / 2);
                long entriesBefore = entries(engine);
                var victim = service.views().lastEntry();
                long seq =
                        engine.append(service.dropView(victim.getKey())).join().seq();
                append(engine, service, COMMITS_AFTER);
                long last = engine.log().head().seq();
                engine.flush(Timestamps.micros(clock.instant()));
                return new Mistake(seq, victim.getKey(), victim.getValue(), last, entriesBefore);
            }
        }
    }

    private static long entries(Engine engine) {
        long seq = engine.log().head().seq();
        try (var image = engine.archiver().view(seq).join()) {
            return image.provenance().digest().count();
        }
    }

    private static void append(Engine engine, SimulatedMetaService service, int commits) {
        List<CompletableFuture<CommitHeader>> waiting = new ArrayList<>();
        for (int n = 0; n < commits; n++) {
            waiting.add(engine.append(service.next()));
        }
        waiting.forEach(CompletableFuture::join);
    }

    private static String[] with(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }

    private int command(String... words) {
        say("");
        out.println("  $ metawal " + String.join(" ", words));
        out.flush();
        PrintStream before = System.out;
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        int exit;
        try (PrintStream indented = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
            System.setOut(indented);
            exit = MetawalCommand.run(words, indented, System.err);
        } finally {
            System.setOut(before);
        }
        shown.toString(StandardCharsets.UTF_8).lines().forEach(line -> out.println("    " + line));
        out.println();
        pause();
        return exit;
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }

    private void pause() {
        if (fast) {
            return;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
