package io.metawal.pitr.plan;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import java.util.Optional;
import java.util.Set;

/** Says which points around one that cannot be reached can be. */
final class Nearest {
    private Nearest() {}

    static String of(History history, Line line, long seq) {
        return of(history, line, seq, seq, Set.of());
    }

    /** @param damaged keys of objects that are there and of no use */
    private static String of(History history, Line line, long first, long last, Set<String> damaged) {
        Reach reach = new Reach(history, line, damaged);
        long before = reach.lastUpTo(first - 1);
        long after = reach.firstFrom(last + 1);
        if (before < 0 && after < 0) {
            return "no other point of timeline " + line.timeline() + " can be reached either";
        }
        if (before < 0 || after < 0) {
            return "the nearest point is seq:" + Math.max(before, after);
        }
        return "the nearest points are seq:" + before + " and seq:" + after;
    }

    /** The same failure; where it names a segment of the timeline, with the points around it that can be reached without. */
    static CorruptException explain(History history, int timeline, Object ref, CorruptException e) {
        Line line = history.line(timeline);
        Optional<SegmentName> damaged = line.pieces().stream()
                .map(Line.Piece::segment)
                .filter(name -> e.text().contains(name.toString()))
                .findFirst();
        return damaged.map(name -> new CorruptException(
                        ref + " cannot be reached: " + e.text() + "; "
                                + of(history, line, name.first(), name.last(), Set.of(name.toString()))
                                + "; `metawal verify` shows what can be restored",
                        e))
                .orElse(e);
    }
}
