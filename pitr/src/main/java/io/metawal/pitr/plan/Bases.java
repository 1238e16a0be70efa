package io.metawal.pitr.plan;

import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.Timeline;
import java.util.Comparator;
import java.util.List;

/** The snapshots that a line can start from: none of what a fenced writer had and nobody archived. */
public final class Bases {
    private Bases() {}

    /** Those on the line, newest first: of the timeline itself, and of an ancestor up to where the line left it. */
    public static List<SnapshotId> of(History history, Line line) {
        return history.manifest().state().snapshots().stream()
                .map(SnapshotId::parse)
                .filter(id -> history.terms().counts(id.timeline(), id.seq(), id.term()))
                .filter(id -> id.seq() <= reach(history, line.timeline(), id.timeline()))
                .sorted(Comparator.comparingLong(SnapshotId::seq)
                        .thenComparingLong(SnapshotId::term)
                        .reversed())
                .toList();
    }

    /** How far the line of {@code timeline} goes with {@code ancestor}; -1 where that is none of its own. */
    private static long reach(History history, int timeline, int ancestor) {
        long upTo = Long.MAX_VALUE;
        int at = timeline;
        while (at != 0) {
            if (at == ancestor) {
                return upTo;
            }
            Timeline here = history.timeline(at);
            upTo = Math.min(upTo, here.forkSeq());
            at = here.parent();
        }
        return -1;
    }
}
