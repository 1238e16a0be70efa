package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.s3.S3Server;
import io.metawal.wal.archive.ArchiveListener;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.archive.Archiver;
import io.metawal.wal.memory.MemoryLog;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** The repository on S3: how fast the archive takes a log there, and how fast a long history comes back. */
final class Remote implements Benchmark {
    @Override
    public String name() {
        return "s3";
    }

    @Override
    public String says() {
        return "an S3 server in this process, reached over HTTP with signatures. Archiving: commits of one 1 KiB value from a"
                + " log in memory, digests, segments, terms and heads included, against bare PUTs of objects of the same"
                + " sizes, one after another. Restoring: the history of `restore` into NDJSON by `metawal restore` in a"
                + " JVM with -Xmx512m, against the same from a directory.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        try (S3Server server = S3Server.start()) {
            archive(setting, report, server);
            restore(setting, report, server);
        }
    }

    private static ObjectStore store(S3Server server, String url) {
        return ObjectStoreOpener.open(url, IfAbsent.REFUSE, InstantSource.system(), server.environment());
    }

    private static void archive(Setting setting, Report report, S3Server server) throws Exception {
        int appends = setting.scale().bufferedAppends();
        List<Long> sizes = new ArrayList<>();
        Contender ours = Contender.of("metawal's archive", () -> {
            try (ObjectStore store = store(server, server.freshUrl())) {
                long nanos = archived(store, appends);
                sizes.clear();
                ObjectStores.all(store, "segments/").forEach(stat -> sizes.add(stat.size()));
                ObjectStores.all(store, "").forEach(stat -> store.delete(stat.key()));
                return nanos;
            }
        });
        // Once, for the sizes.
        ours.nanos();
        List<Times> times = Rounds.measure(
                setting.scale().rounds(), List.of(Contender.of("bare PUTs", () -> puts(server, sizes)), ours));
        double megabytes = sizes.stream().mapToLong(Long::longValue).sum() / 1e6;
        report.rate(times.get(0), megabytes, "MB/s", null, null);
        report.rate(times.get(1), megabytes, "MB/s", times.get(0), null);
    }

    private static long archived(ObjectStore store, int appends) {
        Repository repository = Repository.init(
                        store, "bench", InstantSource.system().instant())
                .repository();
        WriterRole role = WriterRole.take(repository, new WriterRole.Request("bench", 1, ""), InstantSource.system());
        MemoryLog log = new MemoryLog(Position.START, InstantSource.system(), Long.MAX_VALUE);
        LogAppends.stream(log, appends);
        long start = System.nanoTime();
        Archiver archiver = new Archiver(
                ArchivePolicy.DEFAULT, log, new MemoryImage(), role, List::of, ArchiveListener.NONE, System::nanoTime);
        CompletableFuture<Void> done = archiver.flush();
        while (!done.isDone()) {
            archiver.step();
        }
        return System.nanoTime() - start;
    }

    private static long puts(S3Server server, List<Long> sizes) {
        Random random = new Random(3);
        try (ObjectStore store = store(server, server.freshUrl())) {
            List<byte[]> bodies = new ArrayList<>();
            for (long size : sizes) {
                byte[] body = new byte[(int) size];
                random.nextBytes(body);
                bodies.add(body);
            }
            long start = System.nanoTime();
            for (int n = 0; n < bodies.size(); n++) {
                store.create(new ObjectKey("bare/" + n), ObjectBody.of(bodies.get(n)));
            }
            long nanos = System.nanoTime() - start;
            ObjectStores.all(store, "").forEach(stat -> store.delete(stat.key()));
            return nanos;
        }
    }

    private static void restore(Setting setting, Report report, S3Server server) throws Exception {
        Path directory = setting.fresh("s3");
        String url = server.freshUrl();
        try (ObjectStore local = ObjectStoreOpener.open(
                        directory.resolve("repository").toString(), IfAbsent.CREATE, InstantSource.system());
                ObjectStore remote = store(server, url)) {
            report.doing("writing the history");
            EtcdHistory.write(
                    new HistoryWriter(local, HistoryWriter.NO_SNAPSHOTS),
                    setting.scale().restoreKeys());
            ObjectStores.all(local, "")
                    .forEach(stat -> remote.create(stat.key(), ObjectBody.of(local.read(stat.key()))));
            List<Times> times = Rounds.measureCold(
                    setting.scale().restoreRounds(),
                    List.of(
                            Contender.of(
                                    "metawal restore from a directory",
                                    () -> RestoreWhole.intoNdjson(directory, local(directory), server)),
                            Contender.of(
                                    "metawal restore from S3", () -> RestoreWhole.intoNdjson(directory, url, server))));
            report.seconds(times.get(0), null, null);
            report.seconds(times.get(1), times.get(0), null);
        } finally {
            Setting.remove(directory);
        }
    }

    private static String local(Path directory) {
        return directory.resolve("repository").toString();
    }
}
