package io.metawal.pitr.plan;

import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Timeline;
import java.util.HashMap;
import java.util.Map;

/**
 * A timeline and its ancestors.
 *
 * @param upTo the last seq of each that is part of the line
 */
record Lineage(Map<Integer, Long> upTo) {
    static Lineage of(History history, int timeline) {
        Map<Integer, Long> lineage = new HashMap<>();
        long upTo = Long.MAX_VALUE;
        int at = timeline;
        while (at != 0 && !lineage.containsKey(at)) {
            Timeline here = history.timeline(at);
            lineage.put(at, upTo);
            upTo = Math.min(upTo, here.forkSeq());
            at = here.parent();
        }
        return new Lineage(lineage);
    }

    /** Whether a commit that was written on a timeline is part of this line. */
    boolean has(int timeline, long seq) {
        return seq <= upTo.getOrDefault(timeline, 0L);
    }

    /** Up to which seq both lines have the same commits; 0 for none. */
    long sharedWith(Lineage other) {
        long shared = 0;
        for (Map.Entry<Integer, Long> own : upTo.entrySet()) {
            shared = Math.max(shared, Math.min(own.getValue(), other.upTo.getOrDefault(own.getKey(), 0L)));
        }
        return shared;
    }
}
