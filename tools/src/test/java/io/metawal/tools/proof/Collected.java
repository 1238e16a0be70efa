package io.metawal.tools.proof;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.RefParser;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.Restore;
import io.metawal.storage.repository.History;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A target in memory; it tells whether it was touched, and shows nothing that was not published. */
public final class Collected implements RestoreTarget {
    private final TreeMap<EntryKey, Entry> written = new TreeMap<>();
    private boolean touched;
    private boolean published;

    /** Restores and returns what was published. */
    public static Collected restore(History history, String ref, boolean exclusive, ReplayLimits limits) {
        Collected[] last = {new Collected()};
        new Restore(history, limits, Restore.Progress.NONE, System::nanoTime)
                .run(RefParser.parse(ref), exclusive, World.CLOCK.instant(), () -> {
                    last[0] = new Collected();
                    return last[0];
                });
        return last[0];
    }

    public static ReplayLimits limits(Path scratch, int threads, long memoryBytes) {
        return new ReplayLimits(threads, memoryBytes, scratch);
    }

    public NavigableMap<EntryKey, Entry> entries() {
        if (!published) {
            throw new AssertionError("nothing was published");
        }
        return written;
    }

    boolean touched() {
        return touched;
    }

    @Override
    public String describe() {
        return "memory";
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
    public void prepare(RestorePoint point) {
        touched = true;
    }

    @Override
    public void write(Entry entry) {
        EntryKey before = written.isEmpty() ? null : written.lastKey();
        if (before != null && before.compareTo(entry.entryKey()) >= 0) {
            throw new AssertionError("not in order: " + before + ", " + entry.entryKey());
        }
        written.put(entry.entryKey(), entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        beforeVisible.run();
        published = true;
        return new RestoreReport(written.size(), 0, List.of());
    }

    @Override
    public void close() {}
}
