package io.metawal.pitr.plan;

import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.point.Ref;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.SnapshotId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says which commit a ref means, from the repository alone. What cannot be answered is refused before anything is written:
 * {@code PointNotFoundException} outside the window and where the source was not observed, {@code GapException} where the
 * history has a hole there; both name the nearest points.
 */
public final class RefResolver {
    private final History history;
    private final TimeResolver times;

    public RefResolver(History history, Instant now) {
        this.history = history;
        this.times = new TimeResolver(history, now);
    }

    public ResolvedPoint resolve(Ref ref) {
        return switch (ref.kind()) {
            case LATEST -> latest(timeline(ref), ref);
            case SEQ -> at(timeline(ref), ref.number(), ref);
            case EPOCH -> byEpoch(timeline(ref), ref);
            case TIME, AGO -> times.resolve(timeline(ref), ref, TimeResolver.Bound.INCLUSIVE);
            case NAME -> named(ref);
            case SNAPSHOT -> snapshot(ref);
        };
    }

    /** The last commit strictly before the moment that a ref names. */
    ResolvedPoint resolveBefore(Ref ref) {
        return times.resolve(timeline(ref), ref, TimeResolver.Bound.EXCLUSIVE);
    }

    private int timeline(Ref ref) {
        return ref.timeline() == null ? history.currentTimeline() : ref.timeline();
    }

    private ResolvedPoint named(Ref ref) {
        Points.Point point = new Points(history.repository()).find(ref.name());
        refuseOtherTimeline(ref, "name:" + ref.name(), point.timeline(), point.seq());
        return at(point.timeline(), point.seq(), ref);
    }

    private ResolvedPoint snapshot(Ref ref) {
        SnapshotId id = SnapshotId.parse(ref.name());
        if (!history.manifest().state().snapshots().contains(id.toString())) {
            throw new PointNotFoundException("there is no snapshot " + id + "; there are "
                    + history.manifest().state().snapshots());
        }
        refuseOtherTimeline(ref, "snap:" + id, id.timeline(), id.seq());
        return at(id.timeline(), id.seq(), ref);
    }

    /** A label and a snapshot name one commit on one timeline. */
    private static void refuseOtherTimeline(Ref ref, String alone, int timeline, long seq) {
        Integer asked = ref.timeline();
        if (asked != null && asked != timeline) {
            throw new PointNotFoundException(ref + ": " + alone + " is seq:" + seq + " of timeline " + timeline
                    + ", not of timeline " + asked + "; ask for " + alone + ", or for " + asked + "@seq:" + seq
                    + " if that commit is meant");
        }
    }

    private ResolvedPoint latest(int timeline, Ref ref) {
        LineView line = LineView.of(history, timeline, ref);
        line.refuseLostTail(ref);
        StampedCommit last = line.commit(line.lastSeq(), ref);
        StampedCommit found = line.restorable(last, ref);
        List<String> notes = new ArrayList<>();
        if (found.record().seq() != last.record().seq()) {
            StampedCommit first = line.commit(found.record().seq() + 1, ref);
            notes.add("a base is being taken: seq:" + first.record().seq() + " to seq:"
                    + last.record().seq() + " are pieces of it. "
                    + (first.record().afterGap()
                            ? "It comes after a gap ("
                                    + first.record().commit().body().gapReason()
                                    + "), and this is the state before that gap"
                            : "This is the state before it"));
        }
        times.observedNote(line).ifPresent(notes::add);
        return line.back(found, ref, notes);
    }

    private ResolvedPoint at(int timeline, long seq, Ref ref) {
        Optional<ResolvedPoint> sealed = sealed(history.line(timeline), seq, ref);
        if (sealed.isPresent()) {
            return sealed.get();
        }
        LineView line = LineView.of(history, timeline, ref);
        if (seq > line.lastSeq()) {
            if (seq <= history.archivedSeq(timeline)) {
                line.refuseLostTail(ref);
            }
            throw new PointNotFoundException(ref + " is not there yet: timeline " + timeline + " ends at "
                    + line.describe(line.lastSeq()) + elsewhere(timeline, seq));
        }
        if (seq < 1) {
            throw new PointNotFoundException(
                    ref + " is before the first commit; the window starts at " + line.describeFirst());
        }
        StampedCommit commit = line.commit(seq, ref);
        if (!commit.record().kind().restorable()) {
            throw new PointNotFoundException(
                    ref + " lies inside a base that was taken in several pieces, which the source"
                            + " never looked like; the nearest point before is "
                            + line.nearestBefore(seq));
        }
        return line.back(commit, ref, List.of());
    }

    /** Where else there is a commit of that seq. */
    private String elsewhere(int timeline, long seq) {
        String others = history.timelines().keySet().stream()
                .filter(other -> other != timeline)
                .filter(other -> Elsewhere.ask(
                                () -> Optional.of(history.line(other).lastSeq()))
                        .filter(last -> last >= seq)
                        .isPresent())
                .map(other -> other + "@seq:" + seq)
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? "" : "; " + others + " exists";
    }

    /** A snapshot of the commit, where the log of it is missing or damaged. */
    private Optional<ResolvedPoint> sealed(Line line, long seq, Ref ref) {
        boolean logged = LineView.of(history, line).neighbour(seq) != null;
        return logged || seq < 1 || ref.back() > 0
                ? Optional.empty()
                : new SealedPoints(history, line)
                        .at(seq)
                        .map(at -> new ResolvedPoint(
                                line.timeline(), at, null, null, List.of(), ResolvedPoint.Evidence.SNAPSHOT));
    }

    private ResolvedPoint byEpoch(int timeline, Ref ref) {
        LineView line = LineView.of(history, timeline, ref);
        Line clock = EpochClock.ofOne(history, line.line());
        StampedCommit found = LineView.of(history, clock)
                .finder()
                .lastWithEpochAtMost(ref.number())
                .orElseThrow(() -> new PointNotFoundException(ref + " is before the window, which starts at "
                        + LineView.of(history, clock).describeFirst()
                        + (clock.equals(line.line())
                                ? ""
                                : "; before that timeline " + timeline + " was another cluster's, whose epochs are"
                                        + " reached as "
                                        + history.timeline(timeline).parent() + "@"
                                        + ref)));
        long known = history.head(timeline).map(Head::observedEpoch).orElse(0L);
        if (found.record().seq() == line.lastSeq()
                && ref.number() > Math.max(known, found.record().epoch())) {
            line.refuseLostTail(ref);
            throw new PointNotFoundException(
                    ref + " is not there yet: timeline " + timeline + " ends at " + LineView.describe(found));
        }
        if (ref.number() > found.record().epoch()) {
            StampedCommit next = line.after(found, ref);
            if (next == null) {
                line.refuseLostTail(ref);
            } else {
                times.refuseGap(ref, found, next);
            }
        }
        return line.back(line.restorable(found, ref), ref, List.of());
    }
}
