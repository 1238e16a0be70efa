package io.metawal.pitr.plan;

import io.metawal.metadata.point.Ref;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import java.util.Comparator;
import java.util.Optional;

/** Which timeline was written at a time, where that is not the one that is asked. */
final class LiveTimelines {
    private final History history;

    /** Another timeline that had come further by then. */
    private record Other(int timeline, StampedCommit commit) {}

    LiveTimelines(History history) {
        this.history = history;
    }

    /** What to know of a time on a timeline, whether it was named or is the current one. */
    Optional<String> note(LineView line, Ref ref, StampedCommit found, long micros) {
        String moment = ref.text().substring(ref.text().indexOf('@') + 1);
        return other(line, found, micros)
                .map(other -> "at that time timeline " + other.timeline() + " was the one that was written; "
                        + other.timeline() + "@" + moment + " is " + LineView.describe(other.commit())
                        + ". On timeline "
                        + line.timeline() + (ref.timeline() == null ? ", the current one," : "") + " it is "
                        + LineView.describe(found));
    }

    private Optional<Other> other(LineView line, StampedCommit found, long micros) {
        Lineage own = Lineage.of(history, line.timeline());
        return history.timelines().keySet().stream()
                .filter(timeline -> timeline != line.timeline())
                .flatMap(timeline -> Elsewhere.ask(() -> further(own, timeline, found, micros)).stream())
                .max(Comparator.comparingLong(other -> other.commit().record().timeMicros()));
    }

    /** The commit that a timeline was at by then, where that is on none of the lines that it shares with the one asked. */
    private Optional<Other> further(Lineage own, int timeline, StampedCommit found, long micros) {
        long shared = own.sharedWith(Lineage.of(history, timeline));
        return LineView.of(history, history.line(timeline))
                .finder()
                .lastWithTimeAtMost(micros)
                .filter(commit ->
                        found.record().seq() <= shared && commit.record().seq() > shared)
                .map(commit -> new Other(timeline, commit));
    }
}
