package io.metawal.wal.archive;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Unobserved;
import io.metawal.storage.repository.WriterRole;
import java.util.ArrayList;
import java.util.List;

/** What commits say of the time before them: spans that were not observed, and clocks that were not believed. For one thread. */
final class ClockWatch {
    /** Less than this is the order of transactions that were under way together, not a clock. */
    private static final long CLAMP_MICROS_MIN = 1_000;

    private final WriterRole role;
    private final ArchiveListener listener;
    private final List<Unobserved> spans = new ArrayList<>();
    private long observedMicros;

    ClockWatch(WriterRole role, ArchiveListener listener) {
        this.role = role;
        this.listener = listener;
    }

    /** Takes the next commit that is not archived yet. */
    void take(CommitRecord record) {
        long until = record.observedUntilMicros();
        observedMicros = until >= record.timeMicros() - 1 ? record.timeMicros() : until;
        long clamped = record.header().clampedMicros();
        if (clamped >= CLAMP_MICROS_MIN) {
            role.clamped(record.seq(), clamped);
            listener.clamped(record.header());
        }
        long most = 2 * role.term().observeMicros();
        boolean known = record.timeMicros() - until <= most;
        if (known || until <= 0 || record.afterGap()) {
            return;
        }
        boolean setBack = record.clocks().setBack(most);
        add(new Unobserved(
                record.timeline(),
                record.seq() - 1,
                until,
                record.timeMicros(),
                setBack ? Unobserved.Reason.CLOCK_SET_BACK : Unobserved.Reason.NOT_OBSERVED));
    }

    private void add(Unobserved span) {
        if (spans.isEmpty() || !spans.get(spans.size() - 1).covers(span)) {
            spans.add(span);
        }
    }

    /** Writes the spans before the last commit that was taken into the manifest. */
    void publish() {
        for (Unobserved span : Unobserved.joined(List.of(), spans)) {
            if (role.manifest().unobserved().stream().noneMatch(known -> known.covers(span))) {
                role.publish(Manifest.Edit.unobserved(span));
            }
        }
        spans.clear();
    }

    /** Up to when the commits that were taken prove that there was nothing else. */
    long observedMicros() {
        return observedMicros;
    }
}
