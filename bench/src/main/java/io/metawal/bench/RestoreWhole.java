package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdTarget;
import io.metawal.connectors.etcd.LeasedKeys;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.s3.S3Server;
import io.metawal.testkit.servers.ServerCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A long history to its end, in a small heap, into each kind of target. */
final class RestoreWhole implements Benchmark {
    private static final String HEAP = "512m";

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String says() {
        return "a history of 1M keys and 5M changes (1/20 of it with --small) in a file: repository, without a snapshot,"
                + " restored to its end by `metawal restore` in a JVM with -Xmx" + HEAP
                + ", from its start to its end, proof and reading back included; against putting the same keys bare into an"
                + " empty etcd (transactions of 128 puts, 32 under way), and against `etcdctl snapshot restore` of a file"
                + " with the same keys, which starts no server.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        Path directory = setting.fresh("restore");
        try (ObjectStore store = ObjectStoreOpener.open(
                directory.resolve("repository").toString(), IfAbsent.CREATE, InstantSource.system())) {
            int keys = setting.scale().restoreKeys();
            report.doing("writing the history");
            HistoryWriter writer = new HistoryWriter(store, HistoryWriter.NO_SNAPSHOTS);
            int commits = EtcdHistory.write(writer, keys);
            report.row(
                    new Report.Row("commits of the history", commits, "commits", 0, writer.segments() + " segments"));
            int rounds = setting.scale().restoreRounds();
            for (Times times : Rounds.measureCold(
                    rounds, List.of(files("NDJSON", "ndjson", directory), files("RocksDB", "rocksdb", directory)))) {
                report.seconds(times, null, null);
            }
            etcd(report, directory, writer, rounds);
        } finally {
            Setting.remove(directory);
        }
    }

    private static Contender files(String name, String scheme, Path directory) {
        return Contender.of("metawal restore into " + name, () -> {
            Path into = directory.resolve("into-" + scheme);
            long nanos = restore(directory, scheme + ":" + into);
            Setting.remove(into);
            return nanos;
        });
    }

    /** From a repository anywhere, with what is needed to reach this server. */
    static long intoNdjson(Path directory, String repository, S3Server server) throws Exception {
        Path into = directory.resolve("into");
        long nanos = Child.metawal(
                HEAP,
                server.environment(),
                "restore",
                "--repo",
                repository,
                "--to",
                "latest",
                "--into",
                "ndjson:" + into,
                "--scratch",
                directory.toString(),
                "--progress=none");
        Setting.remove(into);
        return nanos;
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
                "--scratch",
                directory.toString(),
                "--progress=none");
    }

    private static void etcd(Report report, Path directory, HistoryWriter writer, int rounds) throws Exception {
        Path saved = directory.resolve("etcd.db");
        List<Times> times;
        try (ImageView image = writer.image()) {
            Contender bare = Contender.of("bare load into etcd", () -> {
                try (EtcdServer server = EtcdServer.start();
                        EtcdLoad load = new EtcdLoad(server);
                        EntryIterator entries = image.entries()) {
                    long start = System.nanoTime();
                    load.load(entries);
                    long nanos = System.nanoTime() - start;
                    if (!Files.exists(saved)) {
                        server.ctl("snapshot", "save", saved.toString());
                    }
                    return nanos;
                }
            });
            Contender ours = Contender.of("metawal restore into etcd", () -> {
                try (EtcdServer server = EtcdServer.start()) {
                    return restore(directory, server.url());
                }
            });
            times = Rounds.measureCold(rounds, List.of(bare, ours, writes(image)));
        }
        Times file = Rounds.measureCold(rounds, List.of(snapshotRestore(directory, saved)))
                .get(0);
        report.seconds(times.get(0), null, null);
        report.seconds(times.get(1), times.get(0), new Aim(0.9, "the bare load"));
        report.seconds(times.get(2), times.get(0), new Aim(0.9, "the bare load"));
        report.seconds(file, times.get(0), null);
    }

    /** What of a restore is comparable with the bare load: the same entries, written by the target. */
    private static Contender writes(ImageView image) {
        return Contender.of("of which writing: etcd's target alone, not read back", () -> {
            try (EtcdServer server = EtcdServer.start();
                    EtcdTarget target = new EtcdTarget(EtcdOptions.parse(server.url()), LeasedKeys.WITHOUT_LEASE);
                    EntryIterator entries = image.entries()) {
                target.prepare(new RestorePoint("bench", image.provenance()));
                long start = System.nanoTime();
                while (entries.hasNext()) {
                    target.write(entries.next());
                }
                long nanos = System.nanoTime() - start;
                target.publish();
                return nanos;
            }
        });
    }

    private static Contender snapshotRestore(Path directory, Path saved) {
        return Contender.of("etcdctl snapshot restore, to a file", () -> {
            Path data = directory.resolve("etcd-data");
            long nanos = Child.run(List.of(
                    "/usr/bin/env",
                    "ETCDCTL_API=3",
                    ServerCatalog.ETCDCTL.use().programOrFail().toString(),
                    "snapshot",
                    "restore",
                    saved.toString(),
                    "--data-dir",
                    data.toString()));
            Setting.remove(data);
            return nanos;
        });
    }
}
