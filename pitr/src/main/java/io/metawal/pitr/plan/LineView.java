package io.metawal.pitr.plan;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.point.Ref;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commits of one line as a ref is looked up on it, and what is said where they are not there. For one thread. */
final class LineView {
    private final History history;
    private final Line line;
    private final CommitFinder finder;

    private LineView(History history, Line line) {
        this.history = history;
        this.line = line;
        this.finder = new CommitFinder(line, new Segments(history.repository().store()));
    }

    /** The line of a timeline; refused where nothing of it is archived. */
    static LineView of(History history, int timeline, Ref ref) {
        LineView view = new LineView(history, history.line(timeline));
        if (view.line.pieces().isEmpty()) {
            view.refuseLostTail(ref);
            throw new PointNotFoundException(ref + ": nothing has been archived on timeline " + timeline + " yet");
        }
        return view;
    }

    /** Part of a line. */
    static LineView of(History history, Line part) {
        return new LineView(history, part);
    }

    Line line() {
        return line;
    }

    CommitFinder finder() {
        return finder;
    }

    int timeline() {
        return line.timeline();
    }

    long lastSeq() {
        return line.lastSeq();
    }

    long firstSeq() {
        return line.pieces().get(0).segment().first();
    }

    StampedCommit commit(long seq, Ref ref) {
        return finder.bySeq(seq).orElseThrow(() -> missing(seq, ref));
    }

    /** The commit after one; null where that is the last. Refused where it should be there and is not. */
    @Nullable
    StampedCommit after(StampedCommit commit, Ref ref) {
        long next = commit.record().seq() + 1;
        return next > lastSeq() ? null : commit(next, ref);
    }

    GapException missing(long seq, Ref ref) {
        Line.Hole hole = line.holes().stream()
                .filter(h -> h.first() <= seq && seq <= h.last())
                .findFirst()
                .orElseGet(() -> new Line.Hole(1, firstSeq() - 1));
        return new GapException(ref + " cannot be reached: the segments of seq " + hole.first() + " to " + hole.last()
                + " are missing; " + Nearest.of(history, line, seq));
    }

    void refuseLostTail(Ref ref) {
        Window.lostTail(history, line).ifPresent(missing -> {
            long nearest = new Reach(history, line, Set.of()).lastUpTo(Long.MAX_VALUE);
            throw new GapException(ref + " cannot be reached: " + missing.reason()
                    + (nearest < 1
                            ? "; no other point can be reached either"
                            : "; the nearest that can is seq:" + nearest)
                    + "; `metawal verify` says more");
        });
    }

    /** The commit itself, or the last before it at which the image was one that the source had. */
    StampedCommit restorable(StampedCommit commit, Ref ref) {
        StampedCommit at = commit;
        while (!at.record().kind().restorable()) {
            if (at.record().afterGap() && ref.kind() != Ref.Kind.LATEST) {
                throw new GapException(
                        ref + " lies in a gap: " + at.record().commit().body().gapReason()
                                + ", and the base after it is not complete there; the nearest point before is "
                                + nearestBefore(at.record().seq()));
            }
            long before = at.record().seq() - 1;
            if (before < 1) {
                throw new PointNotFoundException(
                        ref + ": the first base is not complete yet, so that there is nothing to restore");
            }
            at = commit(before, ref);
        }
        return at;
    }

    String nearestBefore(long seq) {
        Reach reach = new Reach(history, line, Set.of());
        for (long before = reach.lastUpTo(seq - 1); before >= 1; before = reach.lastUpTo(before - 1)) {
            Optional<StampedCommit> found = finder.bySeq(before);
            if (found.isPresent() && found.get().record().kind().restorable()) {
                return describe(found.get());
            }
        }
        return "none";
    }

    /** The point, as many commits before this one as the ref says. */
    ResolvedPoint back(StampedCommit commit, Ref ref, List<String> notes) {
        StampedCommit target = commit;
        for (long left = ref.back(); left > 0; ) {
            StampedCommit from = target;
            long seq = from.record().seq() - 1;
            if (seq < 1) {
                throw new PointNotFoundException(ref + " goes back further than the first commit, " + describe(from));
            }
            target = commit(seq, ref);
            left -= target.record().kind().restorable() ? 1 : 0;
        }
        Provenance at = target.provenance();
        return new ResolvedPoint(
                line.timeline(),
                at,
                neighbour(at.seq() - 1),
                at.seq() == lastSeq() ? null : neighbour(at.seq() + 1),
                notes);
    }

    /** To be shown next to a point; that it is damaged is no reason to refuse the point. */
    @Nullable
    CommitHeader neighbour(long seq) {
        try {
            return finder.bySeq(seq).map(c -> c.record().header()).orElse(null);
        } catch (CorruptException | GapException | MismatchException | UnsupportedFormatException e) {
            return null;
        }
    }

    /** Where the window starts: the first commit that is a point of restore. */
    String describeFirst() {
        for (long seq = firstSeq(); seq <= lastSeq(); seq++) {
            Optional<StampedCommit> found = finder.bySeq(seq);
            if (found.isPresent() && found.get().record().kind().restorable()) {
                return describe(found.get());
            }
        }
        return describe(firstSeq());
    }

    String describe(long seq) {
        return finder.bySeq(seq).map(LineView::describe).orElse("seq:" + seq);
    }

    static String describe(StampedCommit commit) {
        return "seq:" + commit.record().seq() + " (epoch " + commit.record().epoch() + ", "
                + Timestamps.print(commit.record().timeMicros()) + ")";
    }
}
