package io.metawal.pitr.restore;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A target whose id generators go on from where they came last, not from where they were at the point restored (I7). What is proven is the
 * image as it was; the ids are put in its place on the way to the target, and the report says how many.
 */
public final class IdsForward extends ForwardingTarget {
    private final Supplier<NavigableMap<EntryKey, Entry>> newest;
    private NavigableMap<EntryKey, Entry> rest = new TreeMap<>();
    private long moved;

    /** @param newest asked once the target is prepared */
    public IdsForward(RestoreTarget target, Supplier<NavigableMap<EntryKey, Entry>> newest) {
        super(target);
        this.newest = newest;
    }

    @Override
    public void prepare(RestorePoint point) {
        super.prepare(point);
        rest = new TreeMap<>(newest.get());
    }

    @Override
    public void write(Entry entry) {
        EntryKey key = entry.entryKey();
        while (!rest.isEmpty() && rest.firstKey().compareTo(key) < 0) {
            moved++;
            super.write(rest.pollFirstEntry().getValue());
        }
        Entry known = rest.remove(key);
        Entry written = known == null ? entry : MonotonicOrder.further(entry, known);
        if (!written.equals(entry)) {
            moved++;
        }
        super.write(written);
    }

    /** What was written differs from what was given by design. */
    @Override
    public List<String> differences(EntryIterator given, int keysMax) {
        return List.of();
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        moved += rest.size();
        rest.values().forEach(super::write);
        rest = new TreeMap<>();
        RestoreReport report = super.publish(beforeVisible);
        if (moved == 0) {
            return report;
        }
        List<String> notes = new ArrayList<>(report.notes());
        notes.add(moved + (moved == 1 ? " id generator goes" : " id generators go")
                + " on from the newest value known, not from that of the point, so that no id comes twice");
        return new RestoreReport(report.entries(), report.skipped(), notes);
    }
}
