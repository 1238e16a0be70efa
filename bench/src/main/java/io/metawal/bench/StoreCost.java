package io.metawal.bench;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.object.StoreCall;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineConfig;
import io.metawal.tools.engine.EngineSink;
import io.metawal.wal.archive.ArchivePolicy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What an object store is asked for, and keeps: what a quiet and a busy day cost. Counted, not timed. */
final class StoreCost implements Benchmark {
    private static final long SECOND = 1_000_000_000L;
    private static final double HOUR = 3600;
    private static final double MILLION = 1e6;

    @Override
    public String name() {
        return "store-cost";
    }

    @Override
    public String says() {
        return "requests of a writer with the default policies, counted over a store in memory: of a source that has nothing"
                + " new and says so every second, for an hour (from some seconds, multiplied); and of a busy one, commits of"
                + " one 1 KiB random value as fast as they go, for a million of them (multiplied), snapshots not included.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        Path directory = setting.fresh("cost");
        FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(InstantSource.system()));
        Repository repository = Repository.init(
                        store, "bench", InstantSource.system().instant())
                .repository();
        EngineConfig config = new EngineConfig(
                directory,
                null,
                "",
                "bench",
                ArchivePolicy.DEFAULT,
                SnapshotPolicy.DEFAULT,
                EngineConfig.LOG_BYTES_MAX,
                null);
        try (Engine engine = Engine.open(repository, config, InstantSource.system())) {
            quiet(setting, report, store, engine);
            busy(setting, report, store, engine);
        } finally {
            Setting.remove(directory);
        }
    }

    private static void quiet(Setting setting, Report report, FaultyObjectStore store, Engine engine) {
        EngineSink sink = new EngineSink(engine);
        int before = store.calls().size();
        int seconds = setting.scale().quietSeconds();
        for (int n = 0; n < seconds; n++) {
            sink.observed(n, Timestamps.micros(InstantSource.system().instant()));
            LockSupport.parkNanos(SECOND);
        }
        told(
                report,
                "quiet",
                "requests/hour",
                HOUR / seconds,
                store.calls().subList(before, store.calls().size()),
                1);
    }

    private static void busy(Setting setting, Report report, FaultyObjectStore store, Engine engine) {
        int appends = setting.scale().bufferedAppends();
        int before = store.calls().size();
        LogAppends.stream(engine.log(), appends);
        engine.flush();
        told(
                report,
                "busy",
                "requests/million commits",
                MILLION / appends,
                store.calls().subList(before, store.calls().size()),
                0);
        double bytes = ObjectStores.all(store.inner(), "segments/").stream()
                .mapToLong(stat -> stat.size())
                .sum();
        report.row(new Report.Row(
                "busy: stored",
                bytes / appends,
                "MB/million commits",
                1,
                "of 1,024 MB in values, which do not compress"));
    }

    private static void told(
            Report report, String day, String unit, double times, List<StoreCall> calls, double ratio) {
        for (StoreCall.Kind kind : StoreCall.Kind.values()) {
            double count = calls.stream().filter(call -> call.kind() == kind).count() * times;
            if (count > 0) {
                report.row(new Report.Row(day + ": " + kind, count, unit, ratio, price(kind)));
            }
        }
    }

    private static String price(StoreCall.Kind kind) {
        return switch (kind) {
            case CREATE, REPLACE -> "priced as PUT";
            case LIST -> "priced as LIST, as much as a PUT with AWS";
            case READ, STAT -> "priced as GET";
            case DELETE -> "free with AWS";
        };
    }
}
