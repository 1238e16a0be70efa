package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.cli.MetawalCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two machines, one cluster: the one that leads is killed, then the one that took over is stopped and woken. Each time the other
 * goes on within ten seconds, and of the source's revisions none is lost, doubled or reordered (I8).
 */
@Tag("server")
@Tag("process")
class TakeoverTest {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long TAKEOVER_NANOS_MAX = 10_000_000_000L;
    private static final int SAMPLES = 12;

    @TempDir
    Path temporary;

    private Path directory = Path.of("");

    private int written;
    private int started;

    @Test
    void theOtherGoesOnWhereTheDeadAndTheStoppedOneLeftOff() {
        Seeded.checkSeeds(5, 1, this::takenOver);
    }

    private void takenOver(long seed) throws Exception {
        directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        RandomGenerator random = Seeded.random(seed);
        String repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo)).isZero();
        try (EtcdServer server = EtcdServer.start();
                EtcdPeer etcd = new EtcdPeer(server.endpoint())) {
            write(etcd, 20);
            long from = etcd.revision();
            try (MetawalProcess first = daemon(repo, server, "one")) {
                await(first, "capturing", etcd);
                try (MetawalProcess second = daemon(repo, server, "two")) {
                    await(second, "following", etcd);
                    write(etcd, 20 + random.nextInt(60));
                    first.kill();
                    assertThat(await(second, "capturing", etcd)).isLessThan(TAKEOVER_NANOS_MAX);
                    assertThat(second.output()).contains("no sign of life");
                    try (MetawalProcess third = daemon(repo, server, "one")) {
                        await(third, "following", etcd);
                        second.pause();
                        assertThat(await(third, "capturing", etcd)).isLessThan(TAKEOVER_NANOS_MAX);
                        write(etcd, 50);
                        second.resume();
                        assertThat(second.exitCode()).as(second.output()).isEqualTo(8);
                        assertThat(second.output()).contains("term 3 was taken since");
                        write(etcd, 20);
                        caughtUp(repo, etcd, third);
                        assertThat(third.terminate()).as(third.output()).isZero();
                    }
                }
            }
            asTheSourceWas(repo, everyRevisionOnce(repo, from, etcd.revision()), etcd, random);
            assertThat(metawal("verify", "--repo", repo, "--level", "replay")).isIn(0, 16);
        }
    }

    private void write(EtcdPeer etcd, int puts) {
        try {
            for (int n = 0; n < puts; n++) {
                etcd.put(text("key-" + written % 17), text("value-" + written), 0)
                        .get();
                written++;
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** Goes on writing until a process says something; returns how long that took. */
    private long await(MetawalProcess process, String words, EtcdPeer etcd) {
        long start = System.nanoTime();
        while (!process.output().contains(words)) {
            assertThat(process.alive()).as(process.output()).isTrue();
            assertThat(System.nanoTime() - start).as(process.output()).isLessThan(PATIENCE_NANOS);
            write(etcd, 1);
            LockSupport.parkNanos(20_000_000L);
        }
        return System.nanoTime() - start;
    }

    private void caughtUp(String repo, EtcdPeer etcd, MetawalProcess process) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!restored(repo, "latest").equals(etcd.at(etcd.revision()))) {
            assertThat(process.alive()).as(process.output()).isTrue();
            assertThat(System.nanoTime()).as(process.output()).isLessThan(deadline);
            LockSupport.parkNanos(200_000_000L);
        }
    }

    /** Returns the first: that of the base. */
    private static long everyRevisionOnce(String repo, long from, long to) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            assertThat(metawal("log", "--repo", repo, "-o", "json")).isZero();
        } finally {
            System.setOut(before);
        }
        List<Long> epochs = new ArrayList<>();
        for (String line : shown.toString(StandardCharsets.UTF_8).lines().toList()) {
            epochs.add(JSON.readTree(line).get("epoch").asLong());
        }
        List<Long> expected = new ArrayList<>();
        for (long revision = epochs.get(0); revision <= to; revision++) {
            expected.add(revision);
        }
        assertThat(epochs.get(0)).isGreaterThanOrEqualTo(from);
        assertThat(epochs).isEqualTo(expected);
        return epochs.get(0);
    }

    private void asTheSourceWas(String repo, long from, EtcdPeer etcd, RandomGenerator random) throws IOException {
        for (int n = 0; n < SAMPLES; n++) {
            long revision = random.nextLong(from, etcd.revision() + 1);
            assertThat(restored(repo, "epoch:" + revision))
                    .as("revision %d", revision)
                    .isEqualTo(etcd.at(revision));
        }
    }

    private List<?> restored(String repo, String ref) throws IOException {
        Path file = directory.resolve("restored-" + System.nanoTime() + ".ndjson");
        int exit = metawal("restore", "--repo", repo, "--to", ref, "--into", "ndjson:" + file, "--progress=none");
        return exit == 0 ? EtcdOracleTest.read(file) : List.of();
    }

    private MetawalProcess daemon(String repo, EtcdServer server, String machine) throws IOException {
        return MetawalProcess.start(
                directory.resolve(machine + "-" + ++started + ".log"),
                "run",
                "--repo",
                repo,
                "--wal",
                directory.resolve(machine).toString(),
                "--source",
                server.url(),
                "--heartbeat",
                "PT0.5S",
                "--takeover-after",
                "PT3S",
                "--http",
                "none");
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }
}
