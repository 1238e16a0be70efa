package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.wal.chronicle.ChronicleLogConfig.Durability;
import io.metawal.wal.chronicle.Forcer;
import java.util.List;

/** What an acknowledgement from the disk costs, and how many share it. */
final class AppendDurable implements Benchmark {
    private static final int WRITERS = 64;
    private static final int MORE = 8;

    @Override
    public String name() {
        return "append-durable";
    }

    @Override
    public String says() {
        return "commits of one 1 KiB value, acknowledged once they are on disk; against Chronicle with a forced file after"
                + " every append, and against puts of 1 KiB into an etcd on the same disk. A writer waits for each"
                + " acknowledgement.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int few = setting.scale().durableAppends();
        int many = few * MORE;
        LogAppends log = new LogAppends(setting, Durability.LOCAL, Forcer.REAL);
        try (EtcdServer server = EtcdServer.start();
                EtcdLoad etcd = new EtcdLoad(server)) {
            List<Times> one = Rounds.measure(
                    setting.scale().rounds(),
                    List.of(
                            RawChronicle.forced("raw Chronicle, forced, 1 writer", setting, few),
                            log.waiting("metawal, 1 writer", 1, few),
                            etcd.puts("etcd, 1 put in flight", 1, few)));
            List<Times> crowd = Rounds.measure(
                    setting.scale().rounds(),
                    List.of(
                            log.waiting("metawal, " + WRITERS + " writers", WRITERS, many),
                            etcd.puts("etcd, " + WRITERS + " puts in flight", WRITERS, many)));
            Times raw = one.get(0);
            report.rate(raw, few, "appends/s", null, null);
            report.rate(one.get(1), few, "appends/s", raw, null);
            report.rate(one.get(2), few, "puts/s", raw, null);
            Times metawal = perAppend(crowd.get(0));
            report.rate(metawal, few, "appends/s", raw, null);
            report.rate(perAppend(crowd.get(1)), few, "puts/s", raw, null);
            against(report, "metawal to etcd, 1 writer", one.get(1), one.get(2), few);
            against(report, "metawal to etcd, " + WRITERS + " writers", metawal, perAppend(crowd.get(1)), few);
        }
    }

    /** The times of as many appends as one writer made, so that they can be compared. */
    private static Times perAppend(Times many) {
        long[] nanos = many.nanos().clone();
        for (int n = 0; n < nanos.length; n++) {
            nanos[n] = Math.max(1, nanos[n] / MORE);
        }
        return new Times(many.name(), nanos);
    }

    private static void against(Report report, String what, Times ours, Times theirs, int appends) {
        report.row(new Report.Row(
                what,
                ours.rate(appends),
                "appends/s",
                theirs.medianSeconds() / ours.medianSeconds(),
                "ratio to etcd's puts"));
    }
}
