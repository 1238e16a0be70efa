package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.wal.chronicle.ChronicleLogConfig.Durability;
import io.metawal.wal.chronicle.Forcer;
import java.util.List;

/** What sequencing, chaining, checksums and acknowledgements cost over Chronicle's own append. */
final class AppendBuffered implements Benchmark {
    @Override
    public String name() {
        return "append-buffered";
    }

    @Override
    public String says() {
        return "one writer, commits of one 1 KiB value, acknowledged from the page cache; against Chronicle alone writing"
                + " excerpts of as many bytes, with the same blocks and file sizes.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int appends = setting.scale().bufferedAppends();
        List<Times> times = Rounds.measure(
                setting.scale().rounds(),
                List.of(
                        RawChronicle.buffered("raw Chronicle", setting, appends),
                        new LogAppends(setting, Durability.BUFFERED, Forcer.REAL)
                                .streamed("metawal, buffered", appends)));
        report.rate(times.get(0), appends, "appends/s", null, null);
        report.rate(times.get(1), appends, "appends/s", times.get(0), new Aim(0.7, "raw Chronicle"));
    }
}
