package io.metawal.pitr.plan;

import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;

/** Which part of a line has epochs of one clock: a cluster that began on a fork counts from its own start. */
final class EpochClock {
    private EpochClock() {}

    /** The part of a line whose epochs are those of its end's clock. */
    static Line ofOne(History history, Line line) {
        long before = before(history, line);
        return before == 0 ? line : line.after(before);
    }

    /** The last seq before that part; 0 where it is the whole line. */
    static long before(History history, Line line) {
        for (int at = line.timeline(); at != 0; at = history.timeline(at).parent()) {
            long fork = history.timeline(at).forkSeq();
            if (history.ownClock(at) && line.lastSeq() > fork) {
                return fork;
            }
        }
        return 0;
    }
}
