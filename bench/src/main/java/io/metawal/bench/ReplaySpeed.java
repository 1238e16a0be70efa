package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How fast a history becomes an image, beside the least that this takes. */
final class ReplaySpeed implements Benchmark {
    private static final int CHANGES = 14;
    private static final int VALUE_BYTES = 34;
    private static final long MEMORY = 8L << 30;
    private static final List<Space> SPACES = Stream.of("catalog.table", "hummock.sst", "hummock.table", "user.info")
            .map(Space::new)
            .toList();

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public String says() {
        return "a history in memory, segments of 4 MiB before compression, commits of 14 changes; against a bare loop on one"
                + " thread that reads each segment, checks the CRC32C of each block, decompresses it, parses each commit with"
                + " protoc's generated classes and puts each change into a HashMap. \"to runs\" is as far as the bare loop"
                + " comes, with SHA-256 and chain checked and keys sorted; \"to entries\" goes on to one merged, sorted stream"
                + " with its digest, as a restore target gets it.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int commits = setting.scale().replayCommits();
        compare(setting, report, "overwritten keys", commits, Math.max(10, commits / 6));
        compare(setting, report, "new keys", commits, 0);
    }

    /** @param keys how many different ones; 0 for a new one in every change */
    private static void compare(Setting setting, Report report, String shape, int commits, int keys) throws Exception {
        MemoryObjectStore store = new MemoryObjectStore(InstantSource.system());
        RestorePlan plan = write(store, commits, keys);
        List<SegmentName> segments =
                plan.pieces().stream().map(Line.Piece::segment).toList();
        Path scratch = setting.fresh("replay");
        try {
            List<Times> times = Rounds.measure(
                    setting.scale().rounds(),
                    List.of(
                            Contender.of(shape + ": bare loop", () -> {
                                long start = System.nanoTime();
                                long seen = BareLoop.run(store, segments);
                                check(seen, commits);
                                return System.nanoTime() - start;
                            }),
                            replay(shape + ": replay to runs, 1 thread", store, plan, scratch, 1, false),
                            replay(shape + ": replay to runs, 2 threads", store, plan, scratch, 2, false),
                            replay(shape + ": replay to entries, 1 thread", store, plan, scratch, 1, true),
                            replay(shape + ": replay to entries, 2 threads", store, plan, scratch, 2, true)));
            report(report, times, commits, raw(store, segments));
        } finally {
            Setting.remove(scratch);
        }
    }

    private static void report(Report report, List<Times> times, int commits, long rawBytes) {
        Times bare = times.get(0);
        Aim[] aims = {null, new Aim(0.8, "the bare loop"), new Aim(0.8 * 1.5, "the bare loop"), null, null};
        for (int n = 0; n < times.size(); n++) {
            report.rate(times.get(n), commits, "commits/s", n == 0 ? null : bare, aims[n]);
            report.row(
                    new Report.Row("", times.get(n).rate(rawBytes / 1e6), "MB/s", 0, "of records, before compression"));
        }
        double ratio = times.get(1).medianSeconds() / times.get(2).medianSeconds();
        report.row(new Report.Row(
                "2 threads to 1",
                times.get(2).rate(commits),
                "commits/s",
                ratio,
                new Aim(1.5, "1 thread").verdict(ratio)));
    }

    private static long raw(MemoryObjectStore store, List<SegmentName> segments) {
        var reader = new io.metawal.storage.repository.Segments(store);
        return segments.stream()
                .mapToLong(segment -> reader.header(segment).rawBytes())
                .sum();
    }

    private static Contender replay(
            String name, MemoryObjectStore store, RestorePlan plan, Path scratch, int threads, boolean merged) {
        Replay replay = new Replay(store, new ReplayLimits(threads, MEMORY, scratch), any -> {});
        return Contender.of(name, () -> {
            long start = System.nanoTime();
            try (MergedEntries entries = replay.run(plan)) {
                while (merged && entries.hasNext()) {
                    entries.nextBytes();
                }
                long nanos = System.nanoTime() - start;
                if (merged) {
                    check(entries.digest().count(), plan.target().at().digest().count());
                }
                return nanos;
            }
        });
    }

    private static void check(long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException("expected " + expected + ", found " + found);
        }
    }

    private static RestorePlan write(MemoryObjectStore store, int commits, int keys) {
        Bytes bytes = new Bytes(7);
        HistoryWriter writer = new HistoryWriter(store, HistoryWriter.NO_SNAPSHOTS);
        int fresh = 0;
        for (int n = 0; n < commits; n++) {
            List<Change> changes = new ArrayList<>(CHANGES);
            for (int m = 0; m < CHANGES; m++) {
                int number = keys == 0 ? fresh++ : bytes.below(keys);
                EntryKey key = new EntryKey(SPACES.get(number % SPACES.size()), Bytes.key("table/", number));
                changes.add(Change.put(key, bytes.value(VALUE_BYTES)));
            }
            writer.append(CommitBody.of("root", "bench", changes), HistoryWriter.START.plusMillis(n));
        }
        writer.end();
        return new RestorePlanner(History.load(writer.repository()), HistoryWriter.START)
                .plan(RefParser.parse("latest"), false);
    }
}
