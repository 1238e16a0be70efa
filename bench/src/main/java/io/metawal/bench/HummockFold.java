package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import java.util.List;
import java.util.Locale;

/** Whether a delta of Hummock costs what it changes, not what there is. */
final class HummockFold implements Benchmark {
    private static final int FEWER = 1000;
    private static final int SSTS_MIN = 100;
    private static final int DELTAS_OF_COMMITS = 6;

    private long changes;

    @Override
    public String name() {
        return "hummock-fold";
    }

    @Override
    public String says() {
        return "deltas of RisingWave's Hummock version, interpreted into keyed entries in memory, on one thread: commits of 10 SSTs in"
                + " turn with compactions that remove 20 and add 10; the version large against the same with a thousandth of the"
                + " SSTs.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int many = setting.scale().restoreKeys();
        int few = Math.max(SSTS_MIN, many / FEWER);
        int deltas = setting.scale().replayCommits() / DELTAS_OF_COMMITS;
        List<Times> times =
                Rounds.measure(setting.scale().rounds(), List.of(contender(few, deltas), contender(many, deltas)));
        Times small = times.get(0);
        Times large = times.get(1);
        report.rate(small, deltas, "deltas/s", null, null);
        report.row(new Report.Row("", small.rate((double) changes), "changes/s", 0, "of entries"));
        report.rate(large, deltas, "deltas/s", small, new Aim(0.8, "the small version"));
        report.row(new Report.Row("", large.rate((double) changes), "changes/s", 0, "of entries"));
        report.row(new Report.Row(
                "cost of a delta, large to small",
                large.medianSeconds() / deltas * 1e6,
                "µs",
                large.medianSeconds() / small.medianSeconds(),
                "about 1 is hoped for"));
    }

    private Contender contender(int ssts, int deltas) {
        HummockWorkload workload = new HummockWorkload(ssts);
        return Contender.of(String.format(Locale.ROOT, "%,d SSTs", ssts), () -> {
            List<HummockVersionDelta> next = workload.next(deltas);
            KeyedVersion version = workload.version();
            long made = 0;
            long start = System.nanoTime();
            for (HummockVersionDelta delta : next) {
                made += version.apply(delta).size();
            }
            long nanos = System.nanoTime() - start;
            changes = made;
            return nanos;
        });
    }
}
