package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.wal.chronicle.ChronicleLogConfig.Durability;
import io.metawal.wal.chronicle.Forcer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Many writers share a sync: shown on a disk whose sync takes a millisecond longer than this machine's. */
final class GroupCommit implements Benchmark {
    private static final int WRITERS = 64;
    private static final long SYNC_NANOS = 1_000_000;

    @Override
    public String name() {
        return "group-commit";
    }

    @Override
    public String says() {
        return "commits of one 1 KiB value, acknowledged once they are on disk, every sync made 1 ms slower; 64 writers that"
                + " wait for each acknowledgement against one.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int appends = setting.scale().slowAppends();
        Forcer slow = (file, channel) -> {
            Forcer.REAL.force(file, channel);
            LockSupport.parkNanos(SYNC_NANOS);
        };
        LogAppends log = new LogAppends(setting, Durability.LOCAL, slow);
        List<Times> times = Rounds.measure(
                setting.scale().rounds(),
                List.of(
                        log.waiting("metawal, 1 writer", 1, appends),
                        log.waiting("metawal, " + WRITERS + " writers", WRITERS, appends * WRITERS)));
        Times one = times.get(0);
        Times many = times.get(1);
        report.rate(one, appends, "appends/s", null, null);
        double ratio = many.rate((double) appends * WRITERS) / one.rate(appends);
        Aim aim = new Aim(20, "one writer");
        report.row(new Report.Row(
                many.name(), many.rate((double) appends * WRITERS), "appends/s", ratio, aim.verdict(ratio)));
    }
}
