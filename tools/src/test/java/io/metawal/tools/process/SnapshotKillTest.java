package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.cli.MetawalCommand;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot whose process is killed while it is written counts for nothing, harms nothing, and the next one is whole. */
@Tag("process")
class SnapshotKillTest {
    private static final int COMMITS = 2_000;
    private static final int CHANGES = 8;
    private static final int VALUE_BYTES = 3_000;
    private static final int HALF_WRITTEN_WANTED = 3;
    private static final int ROUNDS_MAX = 20;

    @TempDir
    Path temporary;

    private Path directory = Path.of("");

    @Test
    void aSnapshotThatWasKilledIsAsIfItHadNeverBegun() {
        Seeded.checkSeeds(23, 1, this::killed);
    }

    private void killed(long seed) throws Exception {
        directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        RandomGenerator random = Seeded.random(seed);
        String repo = directory.resolve("repo").toString();
        run("init", "--repo", repo);
        run("append", "--repo", repo, history(random).toString());
        Path before = directory.resolve("before.ndjson");
        run("restore", "--repo", repo, "--to", "latest", "--into", "ndjson:" + before, "--progress=none");

        int halfWritten = 0;
        for (int round = 0; halfWritten < HALF_WRITTEN_WANTED && round < ROUNDS_MAX; round++) {
            Map<Path, Boolean> known = snapshots(repo);
            if (killedInside(repo, known, random)) {
                halfWritten++;
                assertThat(metawal("verify", "--level", "replay", "--repo", repo))
                        .as("seed %d, round %d", seed, round)
                        .isIn(ExitCode.DONE.number(), ExitCode.WARNINGS.number());
            }
        }
        assertThat(halfWritten).as("snapshots killed half written").isEqualTo(HALF_WRITTEN_WANTED);

        run("snapshot", "create", "--repo", repo);
        assertThat(snapshots(repo).values()).contains(true);
        Path after = directory.resolve("after.ndjson");
        run("restore", "--repo", repo, "--to", "latest", "--into", "ndjson:" + after, "--progress=none");
        assertThat(after).hasSameBinaryContentAs(before);
    }

    /** Kills a snapshot as soon as one of its objects is there, or a random moment later; true where it was not whole by then. */
    private boolean killedInside(String repo, Map<Path, Boolean> known, RandomGenerator random) throws Exception {
        Path log = directory.resolve("snapshot.log");
        try (MetawalProcess process = MetawalProcess.start(log, "snapshot", "create", "--repo", repo)) {
            while (process.alive() && snapshots(repo).size() == known.size()) {
                LockSupport.parkNanos(200_000);
            }
            LockSupport.parkNanos(random.nextLong(60_000_000));
            process.kill();
        }
        Map<Path, Boolean> found = snapshots(repo);
        found.keySet().removeAll(known.keySet());
        return found.containsValue(false);
    }

    /** The snapshots' directories, and whether each has its manifest. */
    private static Map<Path, Boolean> snapshots(String repo) throws IOException {
        TreeMap<Path, Boolean> found = new TreeMap<>();
        Path snapshots = Path.of(repo, "snapshots");
        if (!Files.isDirectory(snapshots)) {
            return found;
        }
        try (Stream<Path> timelines = Files.list(snapshots)) {
            for (Path timeline : timelines.toList()) {
                try (Stream<Path> all = Files.list(timeline)) {
                    all.filter(SnapshotKillTest::holdsObjects)
                            .forEach(one -> found.put(one, Files.exists(one.resolve("snapshot.json"))));
                }
            }
        }
        return found;
    }

    private static boolean holdsObjects(Path snapshot) {
        try (Stream<Path> objects = Files.list(snapshot)) {
            return objects.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private Path history(RandomGenerator random) throws IOException {
        Path file = directory.resolve("history.ndjson");
        byte[] value = new byte[VALUE_BYTES];
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int n = 0; n < COMMITS; n++) {
                out.write("{\"changes\":[");
                for (int c = 0; c < CHANGES; c++) {
                    random.nextBytes(value);
                    out.write((c == 0 ? "" : ",") + "{\"space\":\"test.value\",\"key\":\"" + (n * CHANGES + c)
                            + "\",\"put64\":\"" + Base64.getEncoder().encodeToString(value) + "\"}");
                }
                out.write("]}\n");
            }
        }
        return file;
    }

    private static void run(String... words) {
        assertThat(metawal(words)).as("%s", List.of(words)).isZero();
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }
}
