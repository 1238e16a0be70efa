package io.metawal.pitr.plan;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.Restore;
import io.metawal.storage.repository.History;
import io.metawal.testkit.repository.RepositoryFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Restores into a map. */
public final class Restored implements RestoreTarget {
    private final TreeMap<EntryKey, Entry> entries = new TreeMap<>();

    private Restored() {}

    /** What is restored; throws what the restore throws. */
    public static NavigableMap<EntryKey, Entry> from(History history, String ref, Path scratch) {
        return from(history, RefParser.parse(ref), new ReplayLimits(2, 1 << 20, scratch));
    }

    public static NavigableMap<EntryKey, Entry> from(History history, Ref ref, ReplayLimits limits) {
        Restored[] last = {new Restored()};
        new Restore(history, limits, Restore.Progress.NONE, System::nanoTime)
                .run(ref, false, RepositoryFixture.CLOCK.instant(), () -> {
                    last[0] = new Restored();
                    return last[0];
                });
        return last[0].entries;
    }

    @Override
    public String describe() {
        return "a map";
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {}

    @Override
    public void examine(Entry entry) {
        write(entry);
    }

    @Override
    public RestoreReport ready() {
        return publish();
    }

    @Override
    public void prepare(RestorePoint point) {}

    @Override
    public void write(Entry entry) {
        entries.put(entry.entryKey(), entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        beforeVisible.run();
        return new RestoreReport(entries.size(), 0, List.of());
    }

    @Override
    public void close() {}
}
