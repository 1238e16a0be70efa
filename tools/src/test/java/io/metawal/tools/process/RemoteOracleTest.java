package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.image.Entry;
import io.metawal.pitr.plan.Window;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.testkit.s3.S3Server;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.proof.Collected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The oracle past one machine: the log on a real Kafka, the repository on a real S3 server. The daemon, the broker and the S3
 * server are killed or stopped in turn; what is restored is what etcd itself reports for that revision.
 */
@Tag("server")
@Tag("process")
class RemoteOracleTest {
    private static final long FIRST_SEED = 17;
    private static final int REVISIONS = Seeded.size(5_000, 20_000);
    /** Each kind of disturbance comes twice where there are five, once where there are three. */
    private static final int KILLS = Seeded.size(3, 5);

    private static final int CHECKED = Seeded.size(30, 60);
    private static final long BEFORE = 200;

    @TempDir
    Path temporary;

    private final S3Server s3 = S3Server.start();
    private Path directory = Path.of("");
    private String repo = "";

    @Test
    void everyRevisionIsWhatEtcdSaysItWas() {
        try (s3) {
            Seeded.checkSeeds(FIRST_SEED, 1, this::everyRevision);
        }
    }

    private void everyRevision(long seed) throws Exception {
        directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        repo = s3.freshUrl();
        RandomGenerator random = Seeded.random(seed);
        try (KafkaBroker broker = KafkaBroker.start();
                EtcdServer etcd = EtcdServer.start("--quota-backend-bytes", "8589934592", "--max-txn-ops", "128");
                EtcdPeer client = new EtcdPeer(etcd.endpoint())) {
            EtcdWorkload workload = new EtcdWorkload(client, random);
            workload.until(BEFORE);
            try (ObjectStore store = store()) {
                Repository.init(store, "oracle", InstantSource.system().instant());
            }
            String wal = broker.url("oracle");
            for (int part = 1; part <= KILLS; part++) {
                try (MetawalProcess daemon = daemon(etcd, wal)) {
                    CompletableFuture<Void> working = Oracle.work(workload, part(part));
                    long before = archived();
                    Oracle.await("the daemon archives something", daemon, () -> archived() > before);
                    disturb(part, broker, random);
                    LockSupport.parkNanos(random.nextLong(1_000_000_000L));
                    daemon.kill();
                    working.get();
                }
            }
            try (MetawalProcess daemon = daemon(etcd, wal)) {
                Oracle.work(workload, part(KILLS + 1)).get();
                long last = client.revision();
                Oracle.await("the daemon has caught up", daemon, () -> archived() >= last);
                assertThat(daemon.terminate()).as(daemon.output()).isZero();
                compare(client, last, random);
            }
        }
    }

    /** The broker goes in the second and fourth life of the daemon, the S3 server in the third and fifth. */
    private void disturb(int part, KafkaBroker broker, RandomGenerator random) {
        if (part == 2 || part == 4) {
            broker.kill();
            LockSupport.parkNanos(random.nextLong(500_000_000L));
            broker.restart();
        } else if (part == 3 || part == 5) {
            s3.stop();
            LockSupport.parkNanos(1_000_000_000L + random.nextLong(1_000_000_000L));
            s3.restart();
        }
    }

    /** Where one of the equal parts of the workload ends. */
    private static long part(int number) {
        return BEFORE + (long) REVISIONS * number / (KILLS + 1);
    }

    private MetawalProcess daemon(EtcdServer etcd, String wal) throws IOException {
        return MetawalProcess.start(
                directory.resolve("daemon.log"),
                s3.environment(),
                "run",
                "--repo",
                repo,
                "--wal",
                wal,
                "--data-dir",
                directory.resolve("data").toString(),
                "--source",
                etcd.url(),
                "--http",
                "none",
                "--snapshot-log-bytes",
                "12000000",
                "--self-check-every",
                "PT5S");
    }

    private void compare(EtcdPeer etcd, long last, RandomGenerator random) {
        try (ObjectStore store = store()) {
            History history = History.load(Repository.open(store));
            long first = Objects.requireNonNull(Window.of(history, 1).from()).epoch();
            for (int n = 0; n < CHECKED; n++) {
                long revision = random.nextLong(first, last + 1);
                List<Entry> restored = List.copyOf(
                        Collected.restore(history, "epoch:" + revision, false, Collected.limits(directory, 2, 64 << 20))
                                .entries()
                                .values());
                assertThat(restored).as("revision %d", revision).isEqualTo(etcd.at(revision));
            }
        }
    }

    private ObjectStore store() {
        return ObjectStoreOpener.open(repo, IfAbsent.REFUSE, InstantSource.system(), s3.environment());
    }

    private long archived() {
        try (ObjectStore store = store()) {
            return History.load(Repository.open(store))
                    .newestHead()
                    .map(head -> head.at().epoch())
                    .orElse(0L);
        }
    }
}
