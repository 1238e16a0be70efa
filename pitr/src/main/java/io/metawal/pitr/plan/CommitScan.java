package io.metawal.pitr.plan;

import io.metawal.metadata.fault.GapException;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import java.util.List;
import java.util.function.Predicate;

/** Shows commits of a line in order, from the repository alone; one segment is in memory at a time. */
public final class CommitScan {
    private final Segments segments;

    public CommitScan(Segments segments) {
        this.segments = segments;
    }

    /**
     * Shows the commits from {@code first} to {@code last}, both included, for as long as {@code more} says so.
     *
     * @return whether all were shown
     * @throws GapException before any commit is shown, where a commit between {@code first} and the last one that is there is missing
     */
    public boolean forEach(Line line, long first, long last, Predicate<StampedCommit> more) {
        List<Line.Hole> holes = line.holesBetween(first, Math.min(last, line.lastSeq()));
        if (!holes.isEmpty()) {
            Line.Hole hole = holes.get(0);
            throw new GapException("the segments of seq " + hole.first() + " to " + hole.last() + " of timeline "
                    + line.timeline() + " are missing; `metawal verify` says more");
        }
        return forEachPresent(line, first, last, more);
    }

    /** As {@link #forEach}, for readers that can do without the commits that are missing. */
    public boolean forEachPresent(Line line, long first, long last, Predicate<StampedCommit> more) {
        for (Line.Piece piece : line.between(first, last)) {
            Segment segment = segments.open(piece.segment());
            boolean[] going = {true};
            for (int block = segment.blockOf(first); going[0] && block < segment.blocks(); block++) {
                segment.forEach(block, stamped -> {
                    long seq = stamped.record().seq();
                    if (going[0] && seq >= first && seq <= piece.upToSeq()) {
                        going[0] = more.test(stamped);
                    }
                });
            }
            if (!going[0]) {
                return false;
            }
        }
        return true;
    }
}
