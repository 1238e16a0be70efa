package io.metawal.pitr.plan;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.point.Ref;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Unobserved;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says which commit a time means, where the source was observed, and refuses it elsewhere (I9). A commit is what the source was
 * like up to the next commit's observed-until; from there to the next commit's own time nobody knows. So much uncertainty is
 * answered as two intervals of observation bring along anyway, and named.
 */
final class TimeResolver {
    private static final int TWINS_COUNTED_MAX = 100;
    private static final int INTERVALS_MAX = 2;
    private static final String QUIET =
            "nothing was appended up to now; commits that bring times of their own may still be";

    private final History history;
    private final Instant now;
    private final LiveTimelines live;

    /** Whether commits that bear the very time are in. */
    enum Bound {
        INCLUSIVE,
        EXCLUSIVE
    }

    /** A look-up on its way: the commit found, and the next one on the line. */
    private record Found(
            LineView line,
            Ref ref,
            long micros,
            StampedCommit commit,
            @Nullable StampedCommit next) {
        CommitRecord record() {
            return commit.record();
        }
    }

    TimeResolver(History history, Instant now) {
        this.history = history;
        this.now = now;
        this.live = new LiveTimelines(history);
    }

    ResolvedPoint resolve(int timeline, Ref ref, Bound bound) {
        Instant asked = ref.instant(now);
        long whole = Timestamps.micros(asked);
        long up = Timestamps.microsUp(asked);
        long micros = bound == Bound.INCLUSIVE ? whole : up - 1;
        LineView line = LineView.of(history, timeline, ref);
        StampedCommit commit = line.finder()
                .lastWithTimeAtMost(micros)
                .orElseThrow(() -> new PointNotFoundException(
                        ref + " is before the window, which starts at " + line.describeFirst()));
        Found found = new Found(line, ref, micros, commit, line.after(commit, ref));
        if (found.next() == null && micros > commit.record().timeMicros()) {
            line.refuseLostTail(ref);
        }
        List<String> notes = new ArrayList<>();
        Optional<String> lived = live.note(line, ref, commit, micros);
        lived.ifPresent(notes::add);
        notes.addAll(unsure(found, lived.map(note -> ". Note: " + note).orElse("")));
        twins(found, bound == Bound.INCLUSIVE ? micros : up, bound).ifPresent(notes::add);
        return line.back(line.restorable(commit, ref), ref, notes);
    }

    /** What is not sure of the answer; a refusal ends with what else is known. */
    private List<String> unsure(Found found, String besides) {
        try {
            refuseSetBack(found);
            return known(found) ? List.of() : List.of(quiet(found) ? QUIET : uncertain(found));
        } catch (PointNotFoundException e) {
            throw new PointNotFoundException(e.text() + besides, e);
        } catch (GapException e) {
            throw new GapException(e.text() + besides, e);
        }
    }

    private boolean known(Found found) {
        StampedCommit next = found.next();
        boolean here = next == null
                ? knownAtEnd(found)
                : found.micros() <= next.record().observedUntilMicros();
        return here || knownElsewhere(found);
    }

    private boolean knownAtEnd(Found found) {
        int timeline = found.line().timeline();
        long micros = found.micros();
        boolean proven = found.record().observedUntilMicros() >= found.record().timeMicros() - 1;
        return micros <= observedUntil(timeline)
                || micros == found.record().timeMicros() && proven
                || quiet(found) && observedUntil(timeline) > found.record().timeMicros();
    }

    /** Nobody but those who append to an API source knows of more, and nobody has since the last of them stopped. */
    private boolean quiet(Found found) {
        return found.next() == null
                && history.quietSinceRelease(found.line().timeline())
                && found.micros() <= Timestamps.micros(now);
    }

    private long observedUntil(int timeline) {
        return history.head(timeline).map(Head::observedUntilMicros).orElse(0L);
    }

    /** Before a fork was written to, it is the timeline which it left that knows. */
    private boolean knownElsewhere(Found found) {
        return history.timelines().keySet().stream()
                .filter(other -> other != found.line().timeline())
                .anyMatch(other -> Elsewhere.ask(() -> Optional.of(observedAfter(found, other)))
                        .filter(until -> found.micros() <= until)
                        .isPresent());
    }

    /** Up to when another timeline that has this commit says that no other came; 0 where it does not know. */
    private long observedAfter(Found found, int other) {
        if (!Lineage.of(history, other)
                .has(found.record().timeline(), found.record().seq())) {
            return 0;
        }
        LineView line = LineView.of(history, history.line(other));
        Optional<StampedCommit> next = line.finder().bySeq(found.record().seq() + 1);
        if (next.isPresent()) {
            return next.get().record().observedUntilMicros();
        }
        boolean last = line.lastSeq() == found.record().seq()
                && Window.lostTail(history, line.line()).isEmpty();
        return last ? observedUntil(other) : 0;
    }

    /** How far off the answer may be; refused where that is too much. */
    private String uncertain(Found found) {
        StampedCommit next = found.next();
        if (next != null) {
            refuseGap(found.ref(), found.commit(), next);
            CommitRecord after = next.record();
            long from = after.observedUntilMicros() > 0
                    ? after.observedUntilMicros()
                    : found.record().timeMicros();
            return uncertain(found, from, after.timeMicros(), next);
        }
        long until = observedUntil(found.line().timeline());
        if (found.micros() > found.record().timeMicros()) {
            found.line().refuseLostTail(found.ref());
            throw new PointNotFoundException(found.ref() + " is later than what is known: timeline "
                    + found.line().timeline() + " ends at " + LineView.describe(found.commit())
                    + ", and was observed until "
                    + Timestamps.print(Math.max(until, found.record().timeMicros())));
        }
        return until == 0
                ? "the source was never observed: the time is what it says of itself"
                : uncertain(found, until, found.record().timeMicros(), null);
    }

    private String uncertain(Found found, long from, long to, @Nullable StampedCommit next) {
        if (to - from > INTERVALS_MAX * intervalAt(found.line(), ending(found, next))) {
            throw new PointNotFoundException(found.ref() + " is not known: from " + Timestamps.print(from) + " to "
                    + Timestamps.print(to) + " nothing was captured; "
                    + (next == null
                            ? "the nearest point is " + LineView.describe(found.commit())
                            : "the nearest points are " + LineView.describe(found.commit()) + " and "
                                    + LineView.describe(next)));
        }
        return "± " + span(to - from) + ": the source was last seen quiet at " + Timestamps.print(from)
                + (next == null ? "" : ", and the next commit was seen at " + Timestamps.print(to));
    }

    private long intervalAt(LineView line, long seq) {
        return history.observeMicros(
                line.line().between(seq, seq).get(0).segment().term());
    }

    private static long ending(Found found, @Nullable StampedCommit next) {
        return next == null ? found.record().seq() : next.record().seq();
    }

    /** Such as {@code 0.9 s}; rounded up. */
    static String span(long micros) {
        long tenths = (micros + 99_999) / 100_000;
        return micros < 100_000 ? (micros + 999) / 1000 + " ms" : tenths / 10 + "." + tenths % 10 + " s";
    }

    void refuseGap(Ref ref, StampedCommit found, StampedCommit next) {
        if (next.record().afterGap()) {
            throw new GapException(
                    ref + " lies in a gap: " + next.record().commit().body().gapReason() + "; the nearest points are "
                            + LineView.describe(found) + " and " + LineView.describe(next));
        }
    }

    /** A clock that was set back shows the times between twice. */
    private void refuseSetBack(Found found) {
        if (found.record()
                .clocks()
                .setBack(INTERVALS_MAX * intervalAt(found.line(), found.record().seq()))) {
            StampedCommit next = found.next();
            throw new PointNotFoundException(found.ref() + " is not known: the clock was set back, so that when "
                    + LineView.describe(found.commit()) + " happened is not known; its clock said "
                    + Timestamps.print(found.record().clockMicros())
                    + (next == null
                            ? "; the nearest point is seq:" + found.record().seq()
                            : "; the nearest points are seq:" + found.record().seq() + " and "
                                    + LineView.describe(next)));
        }
        Lineage lineage = Lineage.of(history, found.line().timeline());
        for (Unobserved span : history.manifest().state().unobserved()) {
            if (span.reason() == Unobserved.Reason.CLOCK_SET_BACK
                    && span.fromMicros() < found.micros()
                    && found.micros() < span.toMicros()
                    && lineage.has(span.timeline(), span.afterSeq() + 1)) {
                LineView line = found.line();
                StampedCommit before =
                        line.finder().lastWithTimeAtMost(span.fromMicros()).orElse(found.commit());
                StampedCommit last =
                        line.finder().lastWithTimeAtMost(span.toMicros()).orElse(found.commit());
                throw new PointNotFoundException(found.ref() + " is not known: the clock was set back from "
                        + Timestamps.print(span.toMicros()) + " to " + Timestamps.print(span.fromMicros())
                        + ", and nothing was captured with times between that can be told apart; the nearest points are "
                        + LineView.describe(before) + " and " + LineView.describe(last));
            }
        }
    }

    /** Times within one µs cannot be told apart. */
    private static Optional<String> twins(Found found, long bearing, Bound bound) {
        StampedCommit next = found.next();
        CommitFinder finder = found.line().finder();
        long from;
        long step;
        if (bound == Bound.INCLUSIVE) {
            from = found.record().timeMicros() == bearing ? found.record().seq() : 0;
            step = -1;
        } else {
            from = next != null && next.record().timeMicros() == bearing
                    ? next.record().seq()
                    : 0;
            step = 1;
        }
        int count = 0;
        for (long seq = from; seq >= 1 && count < TWINS_COUNTED_MAX; seq += step) {
            Optional<StampedCommit> twin = finder.bySeq(seq);
            if (twin.isEmpty() || twin.get().record().timeMicros() != bearing) {
                break;
            }
            count++;
        }
        if (count < 2) {
            return Optional.empty();
        }
        String many = count == TWINS_COUNTED_MAX ? count + " commits or more" : count + " commits";
        return Optional.of(many + " bear this time, " + (bound == Bound.INCLUSIVE ? "up to" : "from") + " seq:" + from
                + " on: all of them are " + (bound == Bound.INCLUSIVE ? "in" : "left out"));
    }

    /** Up to when the source of a line is known. */
    Optional<String> observedNote(LineView line) {
        long until = observedUntil(line.timeline());
        return until == 0
                ? Optional.empty()
                : Optional.of("archived up to " + line.describe(line.lastSeq()) + ", observed until "
                        + Timestamps.print(until));
    }
}
