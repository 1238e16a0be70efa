package io.metawal.pitr.plan;

import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import java.util.Set;

/** Says which points around one that cannot be reached can be. */
final class Nearest {
    private Nearest() {}

    static String of(History history, Line line, long seq) {
        return of(history, line, seq, Set.of());
    }

    /** @param damaged keys of objects that are there and of no use */
    static String of(History history, Line line, long seq, Set<String> damaged) {
        Reach reach = new Reach(history, line, damaged);
        long before = reach.lastUpTo(seq - 1);
        long after = reach.firstFrom(seq + 1);
        if (before < 0 && after < 0) {
            return "no other point of timeline " + line.timeline() + " can be reached either";
        }
        if (before < 0 || after < 0) {
            return "the nearest point is seq:" + Math.max(before, after);
        }
        return "the nearest points are seq:" + before + " and seq:" + after;
    }
}
