package io.metawal.pitr.plan;

import io.metawal.storage.format.Segment;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
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
     */
    public boolean forEach(Line line, long first, long last, Predicate<StampedCommit> more) {
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
