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
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which commit a ref means, from the repository alone. What cannot be answered is refused before anything is written:
 * {@code PointNotFoundException} outside the window, {@code GapException} where the history has a hole there; both name the
 * nearest points.
 */
public final class RefResolver {
    private final History history;
    private final Instant now;

    public RefResolver(History history, Instant now) {
        this.history = history;
        this.now = now;
    }

    public ResolvedPoint resolve(Ref ref) {
        if (ref.kind() == Ref.Kind.NAME) {
            Points.Point point = new Points(history.repository()).find(ref.name());
            return at(ref.timeline() == null ? point.timeline() : ref.timeline(), point.seq(), ref);
        }
        if (ref.kind() == Ref.Kind.SNAPSHOT) {
            SnapshotId id = SnapshotId.parse(ref.name());
            if (!history.manifest().state().snapshots().contains(id.toString())) {
                throw new PointNotFoundException("there is no snapshot " + id + "; there are "
                        + history.manifest().state().snapshots());
            }
            return at(ref.timeline() == null ? id.timeline() : ref.timeline(), id.seq(), ref);
        }
        int timeline = ref.timeline() == null ? history.currentTimeline() : ref.timeline();
        return switch (ref.kind()) {
            case LATEST -> latest(timeline, ref);
            case SEQ -> at(timeline, ref.number(), ref);
            case EPOCH -> byEpoch(timeline, ref);
            case TIME -> byTime(timeline, ref.number(), ref);
            case AGO -> byTime(timeline, Timestamps.micros(now) - ref.number(), ref);
            case NAME, SNAPSHOT -> throw new IllegalStateException("answered above");
        };
    }

    private ResolvedPoint latest(int timeline, Ref ref) {
        Line line = line(timeline, ref);
        refuseLostTail(line, ref);
        return back(line, restorable(line, commit(line, line.lastSeq(), ref), ref), ref);
    }

    private ResolvedPoint at(int timeline, long seq, Ref ref) {
        Line line = line(timeline, ref);
        if (seq > line.lastSeq()) {
            if (seq <= history.head(timeline).map(head -> head.at().seq()).orElse(0L)) {
                refuseLostTail(line, ref);
            }
            throw new PointNotFoundException(
                    ref + " is not there yet: timeline " + timeline + " ends at " + describe(line, line.lastSeq()));
        }
        if (seq < 1) {
            throw new PointNotFoundException(
                    ref + " is before the first commit; the window starts at " + describe(line, firstSeq(line)));
        }
        Optional<StampedCommit> found = finder(line).bySeq(seq);
        if (found.isEmpty()) {
            throw missing(line, seq, ref);
        }
        StampedCommit commit = found.get();
        if (!commit.record().kind().restorable()) {
            throw new PointNotFoundException(
                    ref + " lies inside a base that was taken in several pieces, which the source"
                            + " never looked like; the nearest point before is "
                            + nearestBefore(line, seq));
        }
        return back(line, commit, ref);
    }

    private ResolvedPoint byEpoch(int timeline, Ref ref) {
        Line line = line(timeline, ref);
        Line clock = ofOneClock(line);
        StampedCommit found = finder(clock)
                .lastWithEpochAtMost(ref.number())
                .orElseThrow(() -> new PointNotFoundException(ref + " is before the window, which starts at "
                        + describe(line, firstSeq(clock))
                        + (clock.equals(line)
                                ? ""
                                : "; before that timeline " + timeline + " was another cluster's, whose epochs are"
                                        + " reached as "
                                        + history.timeline(timeline).parent() + "@"
                                        + ref)));
        long known = history.head(timeline).map(Head::observedEpoch).orElse(0L);
        if (found.record().seq() == line.lastSeq()
                && ref.number() > Math.max(known, found.record().epoch())) {
            refuseLostTail(line, ref);
            throw new PointNotFoundException(
                    ref + " is not there yet: timeline " + timeline + " ends at " + describe(found));
        }
        if (ref.number() > found.record().epoch()) {
            refuseGapAfter(line, found, ref);
        }
        return back(line, restorable(line, found, ref), ref);
    }

    /** The part of a line whose epochs are one clock's: a cluster that began on a fork counts anew. */
    private Line ofOneClock(Line line) {
        for (int at = line.timeline(); at != 0; at = history.timeline(at).parent()) {
            long fork = history.timeline(at).forkSeq();
            if (history.ownClock(at) && line.lastSeq() > fork) {
                return line.after(fork);
            }
        }
        return line;
    }

    private ResolvedPoint byTime(int timeline, long micros, Ref ref) {
        Line line = line(timeline, ref);
        StampedCommit found = finder(line)
                .lastWithTimeAtMost(micros)
                .orElseThrow(() -> new PointNotFoundException(
                        ref + " is before the window, which starts at " + describe(line, firstSeq(line))));
        long known =
                Math.max(history.head(timeline).map(Head::observedUntilMicros).orElse(0L), knownOfAppends(timeline));
        if (found.record().seq() == line.lastSeq()
                && micros > Math.max(known, found.record().timeMicros())) {
            refuseLostTail(line, ref);
            throw new PointNotFoundException(ref + " is later than what is known: timeline " + timeline + " ends at "
                    + describe(found) + ", and was observed until "
                    + Timestamps.print(Math.max(known, found.record().timeMicros())));
        }
        if (micros > found.record().timeMicros()) {
            refuseGapAfter(line, found, ref);
            refuseUnobserved(line, found, micros, ref);
        }
        return back(line, restorable(line, found, ref), ref);
    }

    /** What was not appended by now was not there by now: nobody but the writers can know of more. Of a captured source, 0. */
    private long knownOfAppends(int timeline) {
        return history.source(timeline).isEmpty() ? Timestamps.micros(now) : 0;
    }

    /**
     * Between the last word of one writer of a captured source and the first commit of the next, nobody looked: what the source
     * was like then is not known, only what it had become.
     */
    private void refuseUnobserved(Line line, StampedCommit found, long micros, Ref ref) {
        long seq = found.record().seq();
        if (seq == line.lastSeq() || history.source(line.timeline()).isEmpty()) {
            return;
        }
        long term = line.between(seq, seq).get(0).segment().term();
        long next = line.between(seq + 1, seq + 1).get(0).segment().term();
        long until = history.heads().subMap(term, next).values().stream()
                .mapToLong(Head::observedUntilMicros)
                .max()
                .orElse(Long.MAX_VALUE);
        if (term != next && micros > Math.max(until, found.record().timeMicros())) {
            StampedCommit after = commit(line, seq + 1, ref);
            throw new PointNotFoundException(ref + " is not known: from "
                    + Timestamps.print(Math.max(until, found.record().timeMicros())) + " to "
                    + Timestamps.print(after.record().timeMicros())
                    + " nothing was captured; the nearest points are " + describe(found) + " and " + describe(after));
        }
    }

    private Line line(int timeline, Ref ref) {
        Line line = history.line(timeline);
        if (line.pieces().isEmpty()) {
            refuseLostTail(line, ref);
            throw new PointNotFoundException(ref + ": nothing has been archived on timeline " + timeline + " yet");
        }
        return line;
    }

    private void refuseLostTail(Line line, Ref ref) {
        Window.lostTail(history, line).ifPresent(missing -> {
            throw new GapException(ref + " cannot be reached: " + missing.reason() + "; the nearest that can is seq:"
                    + line.lastSeq() + "; `metawal verify` says more");
        });
    }

    private void refuseGapAfter(Line line, StampedCommit found, Ref ref) {
        long next = found.record().seq() + 1;
        if (next > line.lastSeq()) {
            refuseLostTail(line, ref);
            return;
        }
        StampedCommit after = commit(line, next, ref);
        if (after.record().afterGap()) {
            throw new GapException(
                    ref + " lies in a gap: " + after.record().commit().body().gapReason() + "; the nearest points are "
                            + describe(found) + " and " + describe(after));
        }
    }

    private GapException missing(Line line, long seq, Ref ref) {
        Line.Hole hole = line.holes().stream()
                .filter(h -> h.first() <= seq && seq <= h.last())
                .findFirst()
                .orElseGet(() -> new Line.Hole(1, firstSeq(line) - 1));
        return new GapException(ref + " cannot be reached: the segments of seq " + hole.first() + " to " + hole.last()
                + " are missing; " + Nearest.of(history, line, seq));
    }

    private StampedCommit commit(Line line, long seq, Ref ref) {
        return finder(line).bySeq(seq).orElseThrow(() -> missing(line, seq, ref));
    }

    /** The commit itself, or the last before it at which the image was one that the source had. */
    private StampedCommit restorable(Line line, StampedCommit commit, Ref ref) {
        CommitFinder finder = finder(line);
        StampedCommit at = commit;
        while (!at.record().kind().restorable()) {
            if (at.record().afterGap() && ref.kind() != Ref.Kind.LATEST) {
                throw new GapException(
                        ref + " lies in a gap: " + at.record().commit().body().gapReason()
                                + ", and the base after it is not complete there; the nearest point before is "
                                + nearestBefore(line, at.record().seq()));
            }
            long before = at.record().seq() - 1;
            if (before < 1) {
                throw new PointNotFoundException(
                        ref + ": the first base is not complete yet, so that there is nothing to restore");
            }
            at = finder.bySeq(before).orElseThrow(() -> missing(line, before, ref));
        }
        return at;
    }

    private String nearestBefore(Line line, long seq) {
        CommitFinder finder = finder(line);
        Reach reach = new Reach(history, line, Set.of());
        for (long before = reach.lastUpTo(seq - 1); before >= 1; before = reach.lastUpTo(before - 1)) {
            Optional<StampedCommit> found = finder.bySeq(before);
            if (found.isPresent() && found.get().record().kind().restorable()) {
                return describe(found.get());
            }
        }
        return "none";
    }

    private ResolvedPoint back(Line line, StampedCommit commit, Ref ref) {
        CommitFinder finder = finder(line);
        StampedCommit target = commit;
        for (long left = ref.back(); left > 0; ) {
            StampedCommit from = target;
            long seq = from.record().seq() - 1;
            if (seq < 1) {
                throw new PointNotFoundException(ref + " goes back further than the first commit, " + describe(from));
            }
            target = finder.bySeq(seq).orElseThrow(() -> missing(line, seq, ref));
            left -= target.record().kind().restorable() ? 1 : 0;
        }
        Provenance at = target.provenance();
        return new ResolvedPoint(
                line.timeline(),
                at,
                neighbour(finder, at.seq() - 1),
                at.seq() == line.lastSeq() ? null : neighbour(finder, at.seq() + 1));
    }

    /** To be shown beside a point; that it is damaged is no reason to refuse the point. */
    private static @Nullable CommitHeader neighbour(CommitFinder finder, long seq) {
        try {
            return finder.bySeq(seq).map(c -> c.record().header()).orElse(null);
        } catch (CorruptException | GapException | MismatchException | UnsupportedFormatException e) {
            return null;
        }
    }

    private CommitFinder finder(Line line) {
        return new CommitFinder(line, new Segments(history.repository().store()));
    }

    private static long firstSeq(Line line) {
        return line.pieces().get(0).segment().first();
    }

    private String describe(Line line, long seq) {
        return finder(line).bySeq(seq).map(RefResolver::describe).orElse("seq:" + seq);
    }

    private static String describe(StampedCommit commit) {
        return "seq:" + commit.record().seq() + " (epoch " + commit.record().epoch() + ", "
                + Timestamps.print(commit.record().timeMicros()) + ")";
    }
}
