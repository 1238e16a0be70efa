package io.metawal.bench;

import com.google.protobuf.ByteString;
import io.metawal.bench.Rounds.Times;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.risingwave.etcd.RwInterpretation;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.simulated.MemoryMetaStore;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.testkit.etcd.EtcdServer;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A large RisingWave, in a small heap, into each kind of target. */
final class RisingWaveRestore implements Benchmark {
    private static final String HEAP = "1g";
    private static final int SSTS_OF_A_RELATION = 50;
    private static final int PIECE = 10_000;

    @Override
    public String name() {
        return "risingwave-restore";
    }

    @Override
    public String says() {
        return "a RisingWave with 1M SSTs and 20k materialized views (1/20 of it with --small), restored by `metawal restore` in a"
                + " JVM with -Xmx" + HEAP
                + ", from its start to its end, proof and reading back included; against writing the"
                + " same version bare as one protobuf message to a file, and against putting the same rows bare into an empty etcd.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        Path directory = setting.fresh("risingwave");
        try (ObjectStore store = ObjectStoreOpener.open(
                directory.resolve("repository").toString(), IfAbsent.CREATE, InstantSource.system())) {
            int ssts = setting.scale().restoreKeys();
            report.doing("making the cluster");
            Path bucket = Files.createDirectories(directory.resolve("bucket"));
            MemoryMetaStore rows = new MemoryMetaStore();
            SimulatedRisingWave cluster = new SimulatedRisingWave(
                    SimulationSettings.of(1, "2.0.1")
                            .withStateStore("hummock+fs://" + bucket, "hummock_001")
                            .withSstObjects(SimulationSettings.SstObjects.LEFT_OUT),
                    rows,
                    new FileObjectStore(bucket, InstantSource.system()));
            cluster.bootstrap();
            cluster.prefill(Math.max(1, ssts / SSTS_OF_A_RELATION), ssts);
            cluster.checkpoint();
            HistoryWriter writer = new HistoryWriter(store, HistoryWriter.NO_SNAPSHOTS);
            long entries = write(writer, rows, bucket);
            report.row(new Report.Row("entries of the image", entries, "entries", 0, writer.segments() + " segments"));
            measure(setting, report, directory, cluster, rows);
        } finally {
            Setting.remove(directory);
        }
    }

    /** As a daemon would capture it: a base in pieces. */
    private static long write(HistoryWriter writer, MemoryMetaStore rows, Path bucket) throws InterruptedException {
        InstantSource clock = InstantSource.system();
        RwInterpretation interpretation = new RwInterpretation(
                new HummockObjects("file:" + bucket.resolve("hummock_001"), Map.of(), clock), clock);
        interpretation.beforeBase();
        EntryIterator keys = entries(rows);
        EntrySource source = EntrySource.of(keys);
        EntrySource base = interpretation.base(source, 1);
        List<Change> piece = new ArrayList<>();
        long count = 0;
        for (Entry entry = base.next(); entry != null; entry = base.next()) {
            piece.add(Change.put(entry.entryKey(), entry.value(), entry.meta()));
            count++;
            if (piece.size() == PIECE) {
                writer.append(CommitBody.of("", interpretation.origin(), piece), HistoryWriter.START);
                piece = new ArrayList<>();
            }
        }
        writer.append(CommitBody.of("", interpretation.origin(), piece), HistoryWriter.START);
        writer.end();
        return count;
    }

    private static EntryIterator entries(MemoryMetaStore rows) {
        return EntryIterator.of(rows.rows().entrySet().stream()
                .map(row -> new Entry(new EntryKey(EntryMapping.KV, row.getKey()), row.getValue(), ByteString.EMPTY))
                .toList());
    }

    private static void measure(
            Setting setting, Report report, Path directory, SimulatedRisingWave cluster, MemoryMetaStore rows)
            throws Exception {
        Contender bareMessage = Contender.of("bare: the version as one message, to a file", () -> {
            Path file = directory.resolve("bare");
            long start = System.nanoTime();
            try (OutputStream out = Files.newOutputStream(file)) {
                cluster.version().writeTo(out);
            }
            return System.nanoTime() - start;
        });
        Contender backup = Contender.of("metawal restore into risingwave-backup", () -> {
            Path into = directory.resolve("backup");
            long nanos = restore(directory, "risingwave-backup:" + into);
            Setting.remove(into);
            return nanos;
        });
        Contender bareLoad = Contender.of("bare: the rows into etcd", () -> {
            try (EtcdServer server = EtcdServer.start();
                    EtcdLoad load = new EtcdLoad(server);
                    EntryIterator all = entries(rows)) {
                long start = System.nanoTime();
                load.load(all);
                return System.nanoTime() - start;
            }
        });
        Contender etcd = Contender.of("metawal restore into risingwave+etcd", () -> {
            try (EtcdServer server = EtcdServer.start()) {
                return restore(directory, "risingwave+" + server.url());
            }
        });
        List<Times> times =
                Rounds.measureCold(setting.scale().restoreRounds(), List.of(bareMessage, backup, bareLoad, etcd));
        report.seconds(times.get(0), null, null);
        report.seconds(times.get(1), times.get(0), null);
        report.seconds(times.get(2), null, null);
        report.seconds(times.get(3), times.get(2), null);
    }

    private static long restore(Path directory, String into) throws Exception {
        return Child.metawal(
                HEAP,
                Map.of(),
                "restore",
                "--repo",
                directory.resolve("repository").toString(),
                "--to",
                "latest",
                "--into",
                into,
                "--no-check-files",
                "--risingwave-version",
                "2.0.1",
                "--scratch",
                directory.toString(),
                "--progress=none");
    }
}
