package io.metawal.pitr.plan;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefRange;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.SnapshotId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says which commits a range means. It is clamped to those that are there: its ends need be no points of restore, may lie before the
 * first commit or after the last, and at a time that was not observed. A range that begins at a time or an epoch begins with the first
 * commit from there on; one that ends there ends with the last commit up to there. A range that crosses a fork is refused.
 */
public final class RangeResolver {
    private final History history;
    private final Instant now;

    /** An end of a range: a seq on a line, and whether that had to be clamped. */
    private record End(int timeline, long seq, boolean clamped) {}

    public RangeResolver(History history, Instant now) {
        this.history = history;
        this.now = now;
    }

    /** @param text the range as it was typed, for messages */
    public LogRange resolve(RefRange range, String text) {
        refuseBackwards(range, text);
        boolean single = range.from() != null && range.from().equals(range.to());
        End from = range.from() == null ? null : single ? end(range.from()) : start(range.from());
        End to = range.to() == null ? null : end(range.to());
        int timeline = to != null ? to.timeline() : from != null ? from.timeline() : history.currentTimeline();
        if (from != null && to != null && from.timeline() != to.timeline()) {
            timeline = common(from, to, text);
        }
        Line line = history.line(timeline);
        long first = from == null ? 1 : Math.max(1, Math.min(from.seq(), line.lastSeq() + 1));
        long last = to == null ? Long.MAX_VALUE : to.seq();
        boolean clamped = from != null && from.clamped() || to != null && to.clamped();
        if (from != null && to != null && from.seq() > to.seq() && !clamped && !isBetweenCommits(range.from())) {
            throw new UsageException(text + " is a range backwards, from seq " + from.seq() + " to seq " + to.seq()
                    + ": expected the earlier point first");
        }
        return new LogRange(line, first, last, clamped || first > last);
    }

    /** Two ends of one kind that are no commits tell by themselves which is the earlier: what lies between them cannot. */
    private void refuseBackwards(RefRange range, String text) {
        Ref from = range.from();
        Ref to = range.to();
        if (from == null
                || to == null
                || from.kind() != to.kind()
                || !isBetweenCommits(from)
                || !isBetweenCommits(to)) {
            return;
        }
        boolean backwards = from.ofTime()
                ? from.instant(now).isAfter(to.instant(now))
                : from.number() > to.number() && timeline(from) == timeline(to);
        if (backwards) {
            throw new UsageException(
                    text + " is a range backwards, from " + from + " to " + to + ": expected the earlier point first");
        }
    }

    /** Whether an end may be where no commit is: then a range can be empty without being backwards. */
    private static boolean isBetweenCommits(@Nullable Ref ref) {
        return ref != null
                && ref.back() == 0
                && switch (ref.kind()) {
                    case TIME, AGO, EPOCH -> true;
                    default -> false;
                };
    }

    private End start(Ref ref) {
        if (!isBetweenCommits(ref)) {
            return end(ref);
        }
        CommitFinder finder = lineOf(ref);
        Optional<StampedCommit> before = ref.kind() == Ref.Kind.EPOCH
                ? finder.lastWithEpochAtMost(ref.number() - 1)
                : finder.lastWithTimeAtMost(Timestamps.microsUp(ref.instant(now)) - 1);
        long seq = before.map(commit -> commit.record().seq()).orElseGet(() -> beforeFirst(ref)) + 1;
        int timeline = timeline(ref);
        return new End(
                timeline, seq, before.isEmpty() || seq > history.line(timeline).lastSeq());
    }

    /** The line that both ends are on. */
    private int common(End from, End to, String text) {
        if (on(from, to.timeline())) {
            return to.timeline();
        }
        if (on(to, from.timeline())) {
            return from.timeline();
        }
        Lineage left = Lineage.of(history, from.timeline());
        long shared = left.sharedWith(Lineage.of(history, to.timeline()));
        throw new PointNotFoundException(
                text + " crosses a fork: timelines " + from.timeline() + " and " + to.timeline()
                        + " have the same commits up to seq:" + shared + " only. Ask for " + from.timeline() + "@seq:"
                        + from.seq() + ".." + from.timeline() + "@latest, or for " + to.timeline() + "@seq:"
                        + (shared + 1) + ".."
                        + to.timeline() + "@latest");
    }

    private boolean on(End end, int timeline) {
        long shared = Lineage.of(history, timeline).sharedWith(Lineage.of(history, end.timeline()));
        return end.seq() <= shared;
    }

    private End end(Ref ref) {
        return switch (ref.kind()) {
            case LATEST -> back(ref, timeline(ref), history.line(timeline(ref)).lastSeq());
            case SEQ -> back(ref, timeline(ref), ref.number());
            case EPOCH -> found(ref, lineOf(ref).lastWithEpochAtMost(ref.number()));
            case TIME, AGO -> found(ref, lineOf(ref).lastWithTimeAtMost(Timestamps.micros(ref.instant(now))));
            case NAME -> {
                Points.Point point = new Points(history.repository()).find(ref.name());
                yield named(ref, point.timeline(), point.seq());
            }
            case SNAPSHOT -> {
                SnapshotId id = SnapshotId.parse(ref.name());
                yield named(ref, id.timeline(), id.seq());
            }
        };
    }

    /** As the resolver of points says it, where that is refused. */
    private End named(Ref ref, int timeline, long seq) {
        boolean other = ref.timeline() != null && ref.timeline() != timeline;
        return other ? end(new RefResolver(history, now).resolve(ref)) : back(ref, timeline, seq);
    }

    private static End end(ResolvedPoint point) {
        return new End(point.timeline(), point.seq(), false);
    }

    private int timeline(Ref ref) {
        return ref.timeline() == null
                ? history.currentTimeline()
                : history.timeline(ref.timeline()).timeline();
    }

    /** Of epochs, only those of the clock that a timeline ends with. */
    private CommitFinder lineOf(Ref ref) {
        Line line = history.line(timeline(ref));
        Line searched = ref.kind() == Ref.Kind.EPOCH ? EpochClock.ofOne(history, line) : line;
        return LineView.of(history, searched).finder();
    }

    /** The last seq before those that a ref may mean. */
    private long beforeFirst(Ref ref) {
        return ref.kind() == Ref.Kind.EPOCH ? EpochClock.before(history, history.line(timeline(ref))) : 0;
    }

    private End found(Ref ref, Optional<StampedCommit> commit) {
        int timeline = timeline(ref);
        return commit.map(there -> back(ref, timeline, there.record().seq()))
                .orElseGet(() -> new End(timeline, Math.max(1, beforeFirst(ref)), true));
    }

    /** So many points before, clamped to what the line has. */
    private End back(Ref ref, int timeline, long seq) {
        Line line = history.line(timeline);
        CommitFinder finder = LineView.of(history, line).finder();
        long at = Math.min(seq, line.lastSeq() + 1);
        for (long left = ref.back(); left > 0 && at > 1; ) {
            at--;
            @Nullable StampedCommit commit = finder.bySeq(at).orElse(null);
            left -= commit == null || commit.record().kind().restorable() ? 1 : 0;
        }
        return new End(timeline, Math.max(1, at), seq < 1 || seq > line.lastSeq());
    }
}
