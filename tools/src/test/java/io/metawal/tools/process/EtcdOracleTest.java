package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.ndjson.EntryJson;
import io.metawal.metadata.image.Entry;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.cli.MetawalCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real etcd under a random workload, captured by a real daemon that is killed several times; then what metawal restores is held
 * against etcd's own historical reads.
 */
@Tag("server")
@Tag("process")
class EtcdOracleTest {
    private static final long FIRST_SEED = 7;
    private static final int REVISIONS = Seeded.size(6_000, 20_000);
    private static final int KILLS = Seeded.size(3, 5);
    private static final int CHECKED = Seeded.size(60, 200);
    private static final long BEFORE = 300;

    @TempDir
    Path temporary;

    private Path directory = Path.of("");

    @Test
    void everyRevisionIsWhatEtcdSaysItWas() {
        Seeded.checkSeeds(FIRST_SEED, 1, this::everyRevision);
    }

    private void everyRevision(long seed) throws Exception {
        directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        RandomGenerator random = Seeded.random(seed);
        try (EtcdServer server = EtcdServer.start("--quota-backend-bytes", "8589934592", "--max-txn-ops", "128");
                EtcdPeer client = new EtcdPeer(server.endpoint())) {
            EtcdWorkload workload = new EtcdWorkload(client, random);
            workload.until(BEFORE);
            String repo = directory.resolve("repo").toString();
            assertThat(metawal("init", "--repo", repo)).isZero();
            long last = captureWithKills(client, server, workload, repo, random);
            compare(client, repo, last, random);
            restoreIntoAnotherEtcd(client, repo, last);
            assertThat(metawal("verify", "--level", "replay", "--repo", repo)).isZero();
        }
    }

    private long captureWithKills(
            EtcdPeer kv, EtcdServer server, EtcdWorkload workload, String repo, RandomGenerator random)
            throws Exception {
        for (int part = 1; part <= KILLS; part++) {
            try (MetawalProcess daemon = daemon(server, repo)) {
                CompletableFuture<Void> working = Oracle.work(workload, part(part));
                long before = archived(repo);
                Oracle.await("the daemon archives something", daemon, () -> archived(repo) > before);
                LockSupport.parkNanos(random.nextLong(1_500_000_000L));
                daemon.kill();
                working.get();
            }
        }
        try (MetawalProcess daemon = daemon(server, repo)) {
            Oracle.work(workload, part(KILLS + 1)).get();
            long last = kv.revision();
            Oracle.await("the daemon has caught up", daemon, () -> archived(repo) >= last);
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
            return last;
        }
    }

    /** Where one of the equal parts of the workload ends. */
    private static long part(int number) {
        return BEFORE + (long) REVISIONS * number / (KILLS + 1);
    }

    private MetawalProcess daemon(EtcdServer server, String repo) throws IOException {
        return MetawalProcess.start(
                directory.resolve("daemon.log"),
                "run",
                "--repo",
                repo,
                "--source",
                server.url(),
                "--http",
                "none",
                "--snapshot-log-bytes",
                "12000000",
                "--self-check-every",
                "PT5S");
    }

    private void compare(EtcdPeer kv, String repo, long last, RandomGenerator random) throws Exception {
        long first = firstEpoch(repo);
        for (int n = 0; n < CHECKED; n++) {
            long revision = random.nextLong(first, last + 1);
            Path file = directory.resolve("restored-" + n + ".ndjson");
            assertThat(metawal("restore", "--repo", repo, "--to", "epoch:" + revision, "--into", "ndjson:" + file))
                    .as("restore to revision %d", revision)
                    .isZero();
            assertThat(read(file)).as("revision %d", revision).isEqualTo(kv.at(revision));
            Files.delete(file);
        }
    }

    private void restoreIntoAnotherEtcd(EtcdPeer source, String repo, long last) throws Exception {
        try (EtcdServer empty = EtcdServer.start();
                EtcdPeer client = new EtcdPeer(empty.endpoint())) {
            long revision = last - REVISIONS / 2;
            assertThat(metawal("restore", "--repo", repo, "--to", "epoch:" + revision, "--into", empty.url()))
                    .isZero();
            assertThat(withoutMeta(client.at(client.revision()))).isEqualTo(withoutMeta(source.at(revision)));
        }
    }

    /** The revisions of another etcd are its own; keys and values are what was restored. */
    private static List<List<Object>> withoutMeta(List<Entry> entries) {
        return entries.stream()
                .map(entry -> List.<Object>of(entry.entryKey(), entry.value()))
                .toList();
    }

    static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            entries.add(EntryJson.read(line));
        }
        return entries;
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }

    private static History history(String repo) {
        return History.load(Repository.open(ObjectStoreOpener.open(repo, IfAbsent.REFUSE, InstantSource.system())));
    }

    private static long archived(String repo) {
        return history(repo).newestHead().map(Head::at).map(at -> at.epoch()).orElse(0L);
    }

    private static long firstEpoch(String repo) {
        var window = io.metawal.pitr.plan.Window.of(history(repo), 1).from();
        return window == null ? Long.MAX_VALUE : window.epoch();
    }
}
