package io.metawal.pitr.plan;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.point.Ref;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import java.util.Comparator;
import java.util.Optional;

/** Which timeline was written at a time, where that is not the one that is asked. */
final class LiveTimelines {
    private final History history;

    /** Another timeline that had come further by then. */
    private record Other(int timeline, StampedCommit commit) {
        String text(Ref ref) {
            String moment = ref.text().substring(ref.text().indexOf('@') + 1);
            return timeline + "@" + moment + " is " + LineView.describe(commit);
        }
    }

    LiveTimelines(History history) {
        this.history = history;
    }

    /** Refuses a time without a timeline where another one than the current was live. */
    void refuse(LineView line, Ref ref, StampedCommit found, long micros) {
        other(line, found, micros).ifPresent(other -> {
            throw new PointNotFoundException(ref + ": at that time timeline " + other.timeline()
                    + " was the one that was written; " + other.text(ref) + ". Timeline " + line.timeline()
                    + ", the current one, was at " + LineView.describe(found)
                    + ", where it left it: name one of them, as "
                    + other.timeline() + "@… or " + line.timeline() + "@…");
        });
    }

    /** What to know of a time on a timeline that was named. */
    Optional<String> note(LineView line, StampedCommit found, long micros) {
        return other(line, found, micros)
                .map(other -> "at that time timeline " + other.timeline()
                        + " was the one that was written: on it, this is " + LineView.describe(other.commit()));
    }

    private Optional<Other> other(LineView line, StampedCommit found, long micros) {
        Lineage own = Lineage.of(history, line.timeline());
        return history.timelines().keySet().stream()
                .filter(timeline -> timeline != line.timeline())
                .flatMap(timeline -> at(timeline, micros).stream())
                .filter(other -> {
                    long shared = own.sharedWith(Lineage.of(history, other.timeline()));
                    return found.record().seq() <= shared
                            && other.commit().record().seq() > shared;
                })
                .max(Comparator.comparingLong(other -> other.commit().record().timeMicros()));
    }

    /** Empty also where that timeline is damaged: it is no obstacle to another. */
    private Optional<Other> at(int timeline, long micros) {
        try {
            LineView line = LineView.of(history, history.line(timeline));
            return line.finder().lastWithTimeAtMost(micros).map(commit -> new Other(timeline, commit));
        } catch (MetawalException e) {
            if (e.code() == ExitCode.UNREACHABLE || e.code() == ExitCode.ACCESS_DENIED) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
