package io.metawal.tools.demo;

import io.metawal.connectors.ndjson.EntryJson;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.Entry;
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
import java.util.concurrent.locks.LockSupport;

/**
 * Tells the story step by step. Everything is real: the log, the repository, and every command that is shown is run as it
 * stands. At the end what was restored is held against what was there before the mistake.
 */
public final class Demo {
    private static final int STEPS = 600;
    private static final int STEPS_AFTER = 100;
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
        say("1. A RisingWave runs (simulated, seed " + seed
                + "); metawal captures each transaction of its meta store.");
        Story story = capture(repo);
        DemoCluster.Dropped mistake = story.mistake();
        say("   " + story.last() + " commits are in " + repo);
        command("info", "--repo", repo.toString());

        String key = "catalog.table/" + mistake.key().key().toStringUtf8();
        say("2. Somebody notices: \"" + mistake.name() + "\" is gone. What happened to it?");
        command("history", key, "--repo", repo.toString());
        command(
                "log",
                "seq:" + mistake.seq() + "..seq:" + mistake.seq(),
                "--key",
                "catalog.*",
                "--repo",
                repo.toString());

        say("3. Commit " + mistake.seq()
                + " did it. The plan of a restore to just before it, in metawal's words and in risectl's:");
        List<String> restore =
                List.of("restore", "--to", "seq:" + mistake.seq(), "--exclusive", "--repo", repo.toString());
        command(with(restore, "--plan"));

        say(
                "4. The restore: a snapshot that RisingWave's own tool reads. All files that it refers to are asked for first.");
        Path backup = directory.resolve("backup");
        int exit = command(with(restore, "--into", "risingwave-backup:" + backup, "--hummock", story.hummock()));

        say("5. The proof. What is restored, against what the cluster itself held before the mistake:");
        boolean same = isWhatWas(restore, mistake);
        say("   \"" + mistake.name() + "\" is back: " + (same ? "yes" : "NO") + "; Hummock version "
                + mistake.before().version().getId() + " and all its files with it");
        int verified = command("verify", "--level", "replay", "--repo", repo.toString());
        boolean good = exit == 0 && same && verified == 0;
        say(good ? "Done: the metadata is back, and proven. Everything is still in " + directory : "The demo FAILED.");
        return good ? 0 : 1;
    }

    /** What was done wrong, and where. */
    private record Story(DemoCluster.Dropped mistake, String hummock, long last) {}

    private Story capture(Path repo) throws IOException {
        InstantSource clock = InstantSource.system();
        DemoCluster cluster = new DemoCluster(Files.createDirectories(directory.resolve("bucket")), seed, clock);
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
                cluster.captureInto(engine);
                cluster.steps(STEPS / 2);
                engine.snapshot("the demo asks for one");
                cluster.steps(STEPS / 2);
                DemoCluster.Dropped mistake = cluster.untilSomethingIsDropped();
                cluster.steps(STEPS_AFTER);
                long last = cluster.lastSeq();
                engine.flush(Timestamps.micros(clock.instant()));
                return new Story(mistake, cluster.hummock(), last);
            }
        }
    }

    /** The same point once more, in a form that can be looked at here: the version to the byte, and as many rows. */
    private boolean isWhatWas(List<String> restore, DemoCluster.Dropped mistake) throws IOException {
        Path file = directory.resolve("restored.ndjson");
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        PrintStream shown = System.out;
        System.setOut(nowhere);
        try {
            MetawalCommand.run(with(restore, "--into", "ndjson:" + file), nowhere, System.err);
        } finally {
            System.setOut(shown);
        }
        VersionAssembler version = new VersionAssembler();
        boolean there = false;
        for (String line : Files.readAllLines(file)) {
            Entry entry = EntryJson.read(line);
            version.add(entry);
            there |= entry.entryKey().equals(mistake.key());
        }
        return there && version.assemble().equals(mistake.before().version());
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
