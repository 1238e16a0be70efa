package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.pitr.plan.Window;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.cli.MetawalCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A simulated RisingWave on a real etcd, captured by a real daemon; both are killed several times. Then what metawal restores at random epochs,
 * through every target, is held against what the simulated meta node knew itself.
 */
@Tag("server")
@Tag("process")
class RisingWaveOracleTest {
    private static final long FIRST_SEED = 11;
    private static final int STEPS = Seeded.size(900, 2_400);
    private static final int KILLS = Seeded.size(2, 5);

    @TempDir
    Path temporary;

    private Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"1.7.0, 4", "2.0.1, 20"})
    void everyEpochIsWhatTheMetaNodeKnew(String version, int checked) {
        Seeded.checkSeeds(FIRST_SEED, 1, seed -> everyEpoch(seed, version, Seeded.size(checked, 5 * checked)));
    }

    private void everyEpoch(long seed, String version, int checked) throws Exception {
        directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        RandomGenerator random = Seeded.random(seed);
        Path bucket = Files.createDirectories(directory.resolve("bucket"));
        SimulationSettings settings =
                SimulationSettings.of(seed, version).withStateStore("hummock+fs://" + bucket, "hummock_001");
        try (EtcdServer server = EtcdServer.start("--max-txn-ops", "999999");
                EtcdPeer etcd = new EtcdPeer(server.endpoint())) {
            PeerMetaStore store = new PeerMetaStore(etcd);
            RwTruth truth = new RwTruth(store::revision);
            SimulatedRisingWave cluster =
                    new SimulatedRisingWave(settings, store, new FileObjectStore(bucket, InstantSource.system()));
            cluster.addListener(truth::committed);
            cluster.bootstrap();
            assertThat(metawal("init")).isZero();
            captureWithKills(server, cluster, truth, store, random);
            assertThat(metawal("verify", "--level", "replay")).isZero();
            long first = firstEpoch();
            for (int n = 0; n < checked; n++) {
                long epoch = truth.someEpoch(first, random);
                intoNdjson(truth, epoch, n);
            }
            intoBackup(truth, version, first, checked, random);
            intoEtcd(truth, first, checked, random);
        }
    }

    private void captureWithKills(
            EtcdServer server, SimulatedRisingWave cluster, RwTruth truth, PeerMetaStore store, RandomGenerator random)
            throws Exception {
        for (int part = 1; part <= KILLS; part++) {
            try (MetawalProcess daemon = daemon(server)) {
                long before = store.revision();
                Oracle.await("the daemon has what there was", daemon, () -> revisionArchived() >= before);
                CompletableFuture<Void> working = CompletableFuture.runAsync(() -> steps(cluster));
                LockSupport.parkNanos(random.nextLong(400_000_000L));
                server.kill();
                LockSupport.parkNanos(random.nextLong(300_000_000L));
                server.restart();
                LockSupport.parkNanos(random.nextLong(1_500_000_000L));
                daemon.kill();
                working.get();
            }
        }
        try (MetawalProcess daemon = daemon(server)) {
            steps(cluster);
            cluster.commitEpoch();
            Oracle.await("the daemon has caught up", daemon, () -> revisionArchived() >= store.revision());
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
            assertThat(daemon.output()).doesNotContain("is kept as it is");
        }
        assertThat(truth.size()).isGreaterThan(STEPS);
    }

    private static void steps(SimulatedRisingWave cluster) {
        for (int n = 0; n < STEPS / (KILLS + 1); n++) {
            cluster.step();
        }
    }

    private MetawalProcess daemon(EtcdServer server) throws IOException {
        return MetawalProcess.start(
                directory.resolve("daemon.log"),
                "run",
                "--repo",
                repo(),
                "--source",
                risingWave(server),
                "--http",
                "none",
                "--snapshot-log-bytes",
                "1000000",
                "--self-check-every",
                "PT2S");
    }

    private static String risingWave(EtcdServer server) {
        return "risingwave+" + server.url();
    }

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private History history() {
        return History.load(repository(repo()));
    }

    private static Repository repository(String directory) {
        return Repository.open(ObjectStoreOpener.open(directory, IfAbsent.REFUSE, InstantSource.system()));
    }

    private long firstEpoch() {
        return Objects.requireNonNull(Window.of(history(), 1).from()).epoch();
    }

    /** The source position of what is archived, which names the revision. */
    private long revisionArchived() {
        History history = history();
        var line = history.line(1);
        if (line.pieces().isEmpty()) {
            return 0;
        }
        String position = new CommitFinder(
                        line, new Segments(history.repository().store()))
                .bySeq(line.lastSeq())
                .orElseThrow()
                .record()
                .commit()
                .body()
                .sourcePosition()
                .toStringUtf8();
        return Long.parseLong(position.replaceFirst(".*@(\\d+).*", "$1"));
    }

    private void intoNdjson(RwTruth truth, long epoch, int number) throws IOException {
        Path file = directory.resolve("restored-" + number + ".ndjson");
        assertThat(metawal("restore", "--to", "epoch:" + epoch, "--into", "ndjson:" + file))
                .as("restore to epoch %d", epoch)
                .isZero();
        RwTruth.State expected = truth.atEpoch(epoch);
        VersionAssembler version = new VersionAssembler();
        List<Entry> entries = EtcdOracleTest.read(file);
        entries.forEach(version::add);
        assertThat(version.assemble()).as("the version at epoch %d", epoch).isEqualTo(expected.version());
        assertThat(entries.stream().filter(entry -> lasting(entry)).count())
                .as("rows at epoch %d", epoch)
                .isEqualTo(expected.lasting().size());
        Files.delete(file);
    }

    /** Whether an entry stands for a row that a restored cluster begins with. */
    private static boolean lasting(Entry entry) {
        String space = entry.entryKey().space().name();
        return !space.startsWith("ephemeral.")
                && !space.equals("system.store")
                && (!space.startsWith("hummock.") || space.equals("hummock.stats") || space.equals("hummock.config"));
    }

    /** All into one backup directory, whose snapshots are then imported into another repository, and looked at there. */
    private void intoBackup(RwTruth truth, String version, long first, int checked, RandomGenerator random)
            throws Exception {
        String url = "risingwave-backup:" + directory.resolve("backup");
        String hummock = directory.resolve("bucket").resolve("hummock_001").toString();
        List<RwTruth.State> expected = new ArrayList<>();
        for (int n = 0; n < checked; n++) {
            long epoch = truth.someEpoch(first, random);
            expected.add(truth.atEpoch(epoch));
            assertThat(metawal(
                            "restore",
                            "--to",
                            "epoch:" + epoch,
                            "--into",
                            url,
                            "--hummock",
                            hummock,
                            "--risingwave-version",
                            version))
                    .as("restore to epoch %d", epoch)
                    .isZero();
        }
        String imported = directory.resolve("imported").toString();
        assertThat(MetawalCommand.run(new String[] {"init", "--repo", imported}, System.out, System.err))
                .isZero();
        assertThat(MetawalCommand.run(new String[] {"import", url, "--repo", imported}, System.out, System.err))
                .isZero();
        List<String> labels = new Points(repository(imported))
                .list().stream()
                        .sorted(Comparator.comparingLong(Points.Point::seq))
                        .map(Points.Point::label)
                        .toList();
        assertThat(labels).hasSize(checked);
        for (int n = 0; n < checked; n++) {
            Path file = directory.resolve("imported.ndjson");
            assertThat(MetawalCommand.run(
                            new String[] {
                                "restore",
                                "--repo",
                                imported,
                                "--to",
                                "name:" + labels.get(n),
                                "--into",
                                "ndjson:" + file
                            },
                            System.out,
                            System.err))
                    .isZero();
            List<Entry> entries = EtcdOracleTest.read(file);
            Files.delete(file);
            VersionAssembler assembler = new VersionAssembler();
            entries.forEach(assembler::add);
            assertThat(assembler.assemble())
                    .as(labels.get(n))
                    .isEqualTo(expected.get(n).version());
            assertThat(rowsOf(entries)).as(labels.get(n)).isEqualTo(truth.inSnapshot(expected.get(n)));
        }
    }

    /** Rows by space and key, of the kinds that RisingWave's snapshots hold. */
    private static Map<EntryKey, ByteString> rowsOf(List<Entry> entries) {
        Map<EntryKey, ByteString> rows = new TreeMap<>();
        for (Entry entry : entries) {
            String space = entry.entryKey().space().name();
            if (space.startsWith("catalog.") || space.startsWith("user.")) {
                rows.put(entry.entryKey(), entry.value());
            }
        }
        return rows;
    }

    private void intoEtcd(RwTruth truth, long first, int checked, RandomGenerator random) throws Exception {
        try (EtcdServer server = EtcdServer.start("--max-txn-ops", "999999");
                EtcdPeer etcd = new EtcdPeer(server.endpoint())) {
            for (int n = 0; n < checked; n++) {
                long epoch = truth.someEpoch(first, random);
                RwTruth.State expected = truth.atEpoch(epoch);
                Path bucket = Files.createDirectories(directory.resolve("restored-bucket"));
                String form = n % 2 == 0 ? "2.0.1" : "1.7.0";
                assertThat(metawal(
                                "restore",
                                "--to",
                                "epoch:" + epoch,
                                "--into",
                                risingWave(server),
                                "--state-store",
                                "hummock+fs://" + bucket,
                                "--data-directory",
                                "moved",
                                "--no-check-files",
                                "--risingwave-version",
                                form))
                        .as("restore to epoch %d", epoch)
                        .isZero();
                NavigableMap<ByteString, ByteString> rows = truth.expected(expected);
                rows.put(text("cf/system_params/state_store"), text("hummock+fs://" + bucket));
                rows.put(text("cf/system_params/data_directory"), text("moved"));
                assertThat(rowsOf(etcd)).as("rows at epoch %d", epoch).isEqualTo(rows);
                assertThat(new HummockObjects(null, Map.of(), InstantSource.system())
                                .checkpoint(new HummockParameters("hummock+fs://" + bucket, "moved", "")))
                        .as("the checkpoint at epoch %d", epoch)
                        .isEqualTo(expected.version());
                etcd.delete(ByteString.copyFrom(new byte[] {0}), ByteString.copyFrom(new byte[] {0}))
                        .get();
            }
        }
    }

    private static NavigableMap<ByteString, ByteString> rowsOf(EtcdPeer etcd) {
        NavigableMap<ByteString, ByteString> rows = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        etcd.at(etcd.revision()).forEach(entry -> rows.put(entry.entryKey().key(), entry.value()));
        return rows;
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private int metawal(String verb, String... words) {
        List<String> all = new ArrayList<>(List.of(verb, "--repo", repo()));
        all.addAll(List.of(words));
        if (verb.equals("restore")) {
            all.add("--progress=none");
        }
        return MetawalCommand.run(all.toArray(String[]::new), System.out, System.err);
    }
}
