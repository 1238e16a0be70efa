package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.connectors.ndjson.NdjsonTarget;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.Restore;
import io.metawal.snapshotter.SnapshotCatalogue;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SnapshotId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Whether a restore costs what lies between snapshot and point, and not what lies before. */
final class RestoreToPoint implements Benchmark {
    private static final int[] LENGTHS = {1, 4, 16};
    private static final int CHANGES = 2;
    private static final int VALUE_BYTES = 100;
    private static final Space SPACE = new Space("catalog.table");

    @Override
    public String name() {
        return "restore-point";
    }

    @Override
    public String says() {
        return "histories of N, 4N and 16N commits of 2 changes over 2N/5 keys in a file: repository, snapshots taken as the"
                + " default policy says by the history's own time (its age limit comes first here: N spans 8.5 hours);"
                + " restored into NDJSON at the same distance behind the last snapshot, N/5 commits. Opening the repository"
                + " and planning are included.";
    }

    /** A repository and the point in it. */
    private record Place(Repository repository, String ref, String shape) {}

    @Override
    public void run(Setting setting, Report report) throws Exception {
        Path directory = setting.fresh("point");
        int commits = setting.scale().pointCommits();
        List<ObjectStore> stores = new ArrayList<>();
        try {
            List<Place> places = new ArrayList<>();
            List<Contender> contenders = new ArrayList<>();
            for (int length : LENGTHS) {
                report.doing("writing " + length + "N commits");
                Path root = directory.resolve("repository-" + length);
                ObjectStore store = ObjectStoreOpener.open(root.toString(), IfAbsent.CREATE, InstantSource.system());
                stores.add(store);
                Place place = write(store, commits, length);
                places.add(place);
                contenders.add(Contender.of(
                        "history of " + (length == 1 ? "" : length) + "N = " + (long) commits * length + " commits",
                        () -> restore(place, directory)));
            }
            List<Times> times = Rounds.measure(setting.scale().rounds(), contenders);
            for (int n = 0; n < times.size(); n++) {
                Times each = times.get(n);
                double ratio = times.get(0).medianSeconds() / each.medianSeconds();
                report.row(new Report.Row(
                        each.name(),
                        each.medianSeconds() * 1e3,
                        "ms",
                        n == 0 ? 0 : ratio,
                        places.get(n).shape()));
            }
        } finally {
            stores.forEach(ObjectStore::close);
            Setting.remove(directory);
        }
    }

    private static Place write(ObjectStore store, int unit, int length) {
        Bytes bytes = new Bytes(13);
        HistoryWriter writer = new HistoryWriter(store, SnapshotPolicy.DEFAULT);
        // A snapshot falls due every 0.7 N commits.
        long stepMicros = SnapshotPolicy.DEFAULT.ageMax().toMillis() * 1000 * 10 / (unit * 7L);
        int keys = unit * 2 / 5;
        for (long n = 0; n < (long) unit * length; n++) {
            List<Change> changes = new ArrayList<>(CHANGES);
            for (int m = 0; m < CHANGES; m++) {
                // Each key once, so that all images are of the same size; then any.
                long at = n * CHANGES + m;
                int number = at < keys ? (int) at : bytes.below(keys);
                changes.add(Change.put(new EntryKey(SPACE, Bytes.key("", number)), bytes.value(VALUE_BYTES)));
            }
            writer.append(
                    CommitBody.of("root", "bench", changes),
                    HistoryWriter.START.plus(Duration.ofNanos(n * stepMicros * 1000)));
        }
        writer.end();
        List<SnapshotId> snapshots = SnapshotCatalogue.ids(History.load(writer.repository()));
        long base =
                snapshots.isEmpty() ? 0 : snapshots.get(snapshots.size() - 1).seq();
        return new Place(
                writer.repository(),
                "seq:" + Math.min(base + unit / 5, (long) unit * length),
                writer.segments() + " segments, " + snapshots.size() + " snapshots; restored to seq "
                        + Math.min(base + unit / 5, (long) unit * length) + " from seq " + base);
    }

    private static long restore(Place place, Path directory) throws Exception {
        Path into = directory.resolve("point.ndjson");
        long start = System.nanoTime();
        Restore restore = new Restore(
                History.load(place.repository()), ReplayLimits.of(directory), Restore.Progress.NONE, System::nanoTime);
        restore.run(RefParser.parse(place.ref()), false, HistoryWriter.START, () -> new NdjsonTarget(into));
        long nanos = System.nanoTime() - start;
        Files.delete(into);
        return nanos;
    }
}
