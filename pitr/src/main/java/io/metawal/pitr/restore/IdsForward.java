package io.metawal.pitr.restore;

import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.MonotonicForms;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A target whose id generators continue from the furthest value known, not from that of the point restored (I7). What is proven is the
 * image as it was; the ids replace it on the way to the target, and the report says how many.
 */
public final class IdsForward extends ForwardingTarget {
    private final Supplier<KnownIds> asked;
    private KnownIds known = KnownIds.none(CategoryRules.DEFAULT);
    private boolean answered;
    private NavigableMap<EntryKey, Entry> rest = new TreeMap<>();
    private long moved;

    /** @param known asked before the target is prepared; what it throws keeps the target as it was */
    public IdsForward(RestoreTarget target, Supplier<KnownIds> known) {
        super(target);
        this.asked = known;
    }

    @Override
    public void check(RestorePoint point) {
        ask();
        super.check(point);
    }

    @Override
    public void prepare(RestorePoint point) {
        ask();
        super.prepare(point);
    }

    /** Once: it reads all that lies after the point. */
    private void ask() {
        if (!answered) {
            known = asked.get();
            answered = true;
        }
        rest = new TreeMap<>(known.newest());
        rest.keySet().removeIf(MonotonicForms::leavesOut);
        moved = 0;
    }

    @Override
    public void examine(Entry entry) {
        forward(entry, super::examine);
    }

    @Override
    public void write(Entry entry) {
        forward(entry, super::write);
    }

    private void forward(Entry entry, Consumer<Entry> to) {
        EntryKey key = entry.entryKey();
        while (!rest.isEmpty() && rest.firstKey().compareTo(key) < 0) {
            moved++;
            to.accept(known.raised(rest.pollFirstEntry().getValue()));
        }
        rest.remove(key);
        Entry written = known.forward(entry);
        if (!written.equals(entry)) {
            moved++;
        }
        to.accept(written);
    }

    @Override
    public RestoreReport ready() {
        forwardRest(super::examine);
        return noted(super.ready());
    }

    /** What was written differs from what was given by design. */
    @Override
    public List<String> differences(EntryIterator given, int keysMax) {
        return List.of();
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        forwardRest(super::write);
        return noted(super.publish(beforeVisible));
    }

    private void forwardRest(Consumer<Entry> to) {
        moved += rest.size();
        rest.values().stream().map(known::raised).forEach(to);
        rest = new TreeMap<>();
    }

    private RestoreReport noted(RestoreReport report) {
        List<String> notes = new ArrayList<>(report.notes());
        if (moved > 0) {
            notes.add(moved + (moved == 1 ? " id generator continues" : " id generators continue")
                    + " from the newest value known" + (known.margin() == 0 ? "" : " plus " + known.margin())
                    + ", not from that of the point, so that no id that is known is given out twice");
        }
        if (known.margin() > 0) {
            known.missing()
                    .forEach(missing -> notes.add("the margin of " + known.margin()
                            + " must cover the ids given out in what is missing: " + missing));
        }
        notes.addAll(known.notes());
        return report.withNotes(notes);
    }
}
