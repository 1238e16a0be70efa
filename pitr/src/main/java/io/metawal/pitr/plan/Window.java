package io.metawal.pitr.plan;

import io.metawal.metadata.commit.Position;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one can restore to on a timeline, derived from the objects that are there and not from what should be.
 *
 * @param from the oldest point from which on every point can be reached; null where nothing was archived
 * @param to the newest
 * @param gaps what is known not to be known, between those
 */
public record Window(@Nullable Position from, @Nullable Position to, List<Missing> gaps) {
    /** @param afterSeq the last commit before it */
    public record Missing(long afterSeq, String reason) {}

    public static Window of(History history, int timeline) {
        Line line = history.line(timeline);
        List<Missing> gaps = new ArrayList<>();
        for (Gap gap : history.manifest().state().gaps()) {
            boolean onLine = line.pieces().stream()
                    .anyMatch(piece -> piece.segment().timeline() == gap.timeline()
                            && piece.segment().first() <= gap.afterSeq() + 1
                            && piece.upToSeq() > gap.afterSeq());
            if (onLine) {
                gaps.add(new Missing(gap.afterSeq(), gap.reason()));
            }
        }
        for (Line.Hole hole : line.holes()) {
            gaps.add(new Missing(
                    hole.first() - 1, "the segments of seq " + hole.first() + " to " + hole.last() + " are missing"));
        }
        lostTail(history, line).ifPresent(gaps::add);
        if (line.pieces().isEmpty()) {
            return new Window(null, null, gaps);
        }
        return new Window(first(history, line), history.end(timeline).at().position(), gaps);
    }

    /** What the head knows of and no segment holds. */
    static Optional<Missing> lostTail(History history, Line line) {
        return history.head(line.timeline())
                .map(Head::at)
                .filter(at -> at.seq() > line.lastSeq())
                .map(at -> new Missing(
                        line.lastSeq(),
                        "the head says that seq " + at.seq() + " was archived, but the segments end at seq "
                                + line.lastSeq()));
    }

    private static @Nullable Position first(History history, Line line) {
        long contiguous = line.contiguousFrom(line.lastSeq());
        Segments segments = new Segments(history.repository().store());
        CommitFinder finder = new CommitFinder(line, segments);
        long firstSeq = contiguous;
        if (contiguous > 1) {
            firstSeq = Bases.of(history, line).stream()
                    .mapToLong(SnapshotId::seq)
                    .filter(seq -> seq >= contiguous - 1)
                    .min()
                    .orElse(-1);
            if (firstSeq < 0) {
                return null;
            }
        }
        long seq = Math.max(firstSeq, contiguous);
        return finder.bySeq(seq).map(stamped -> Position.of(stamped.record())).orElse(null);
    }
}
