package io.metawal.pitr.plan;

import io.metawal.metadata.point.Ref;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which timeline was written at a time, where that is not the one that is asked. */
final class LiveTimelines {
    private final History history;

    /** Another timeline that had come further by then. */
    private record Other(int timeline, StampedCommit commit) {}

    /** @param unknown timelines that cannot be followed */
    private record Others(List<Other> live, List<Integer> unknown) {}

    LiveTimelines(History history) {
        this.history = history;
    }

    /** What to know of a time on a timeline, whether it was named or is the current one. */
    Optional<String> note(LineView line, Ref ref, StampedCommit found, long micros) {
        Others others = others(line, found, micros);
        List<String> parts = new ArrayList<>();
        others.live().stream()
                .max(Comparator.comparingLong(other -> other.commit().record().timeMicros()))
                .ifPresent(other -> parts.add(text(line, ref, found, other)));
        others.unknown()
                .forEach(timeline ->
                        parts.add("timeline " + timeline + " cannot be followed; whether it was live is not known"));
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(". ", parts));
    }

    private static String text(LineView line, Ref ref, StampedCommit found, Other other) {
        String moment = ref.text().substring(ref.text().indexOf('@') + 1);
        return "at that time timeline " + other.timeline() + " was the one that was written; "
                + other.timeline() + "@" + moment + " is " + LineView.describe(other.commit())
                + ". On timeline "
                + line.timeline() + (ref.timeline() == null ? ", the current one," : "") + " it is "
                + LineView.describe(found);
    }

    private Others others(LineView line, StampedCommit found, long micros) {
        Lineage own = Lineage.of(history, line.timeline());
        Others others = new Others(new ArrayList<>(), new ArrayList<>());
        for (int timeline : history.timelines().keySet()) {
            if (timeline != line.timeline()) {
                Elsewhere.ask(() -> Optional.of(
                                further(own, timeline, found, micros).stream().toList()))
                        .ifPresentOrElse(
                                others.live()::addAll, () -> others.unknown().add(timeline));
            }
        }
        return others;
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
