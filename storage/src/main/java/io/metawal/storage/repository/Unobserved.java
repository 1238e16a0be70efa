package io.metawal.storage.repository;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A span of time in which it is not known what the source was like.
 *
 * @param afterSeq the commit before the one that ended it
 * @param fromMicros the last time up to which the source was observed
 * @param toMicros the time of the commit that ended it
 */
public record Unobserved(int timeline, long afterSeq, long fromMicros, long toMicros, Reason reason) {
    /** Why it is not known. */
    public enum Reason {
        /** Nobody looked: the capture stood still, was cut off, or did not run. */
        NOT_OBSERVED,
        /** The clock of the capture or of the source was set back: its times of then count twice. */
        CLOCK_SET_BACK
    }

    /** Whether one commit, or several that follow each other, ended both. */
    boolean joins(Unobserved other) {
        return timeline == other.timeline
                && reason == other.reason
                && fromMicros <= other.toMicros
                && other.fromMicros <= toMicros;
    }

    /** Whether the other one says nothing more. */
    public boolean covers(Unobserved other) {
        return joins(other) && fromMicros <= other.fromMicros && other.toMicros <= toMicros;
    }

    /** All of them, those that overlap joined, in the order of timelines and times. */
    public static List<Unobserved> joined(List<Unobserved> known, List<Unobserved> more) {
        List<Unobserved> sorted = new ArrayList<>(known);
        sorted.addAll(more);
        sorted.sort(Comparator.comparingInt(Unobserved::timeline)
                .thenComparing(Unobserved::reason)
                .thenComparingLong(Unobserved::fromMicros));
        List<Unobserved> joined = new ArrayList<>();
        for (Unobserved span : sorted) {
            int last = joined.size() - 1;
            if (last >= 0 && joined.get(last).joins(span)) {
                joined.set(last, joined.get(last).join(span));
            } else {
                joined.add(span);
            }
        }
        return joined;
    }

    private Unobserved join(Unobserved other) {
        return new Unobserved(
                timeline,
                Math.min(afterSeq, other.afterSeq),
                Math.min(fromMicros, other.fromMicros),
                Math.max(toMicros, other.toMicros),
                reason);
    }
}
