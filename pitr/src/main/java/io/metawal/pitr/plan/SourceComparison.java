package io.metawal.pitr.plan;

import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.storage.repository.Compared;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What comparisons with the source say of the commits of a line (I12). */
public final class SourceComparison {
    private SourceComparison() {}

    /**
     * Commits whose image may not be what the source held: a comparison found a difference after them, and the last one that agreed is before
     * them.
     *
     * @param first seq
     * @param last seq; a gap and a base follow it
     */
    public record Doubt(long first, long last, String reason) {}

    /** When what was captured on a timeline was last compared with the source, and was equal; empty where it never was. */
    public static Optional<Compared> last(History history, int timeline) {
        return history.head(timeline).map(Head::compared);
    }

    /** Every span of a line that is in doubt, in order. */
    public static List<Doubt> doubts(History history, Line line) {
        List<Doubt> doubts = new ArrayList<>();
        Lineage own = Lineage.of(history, line.timeline());
        for (Gap gap : history.manifest().state().gaps()) {
            if (!history.timelines().containsKey(gap.timeline())) {
                continue;
            }
            // What two timelines share is in doubt on both, whichever of them the difference was found on.
            long upTo = Math.min(gap.afterSeq(), own.sharedWith(Lineage.of(history, gap.timeline())));
            SourceDifference.parse(gap.reason())
                    .filter(found -> found.agreed().seq() < upTo)
                    .ifPresent(found -> doubts.add(new Doubt(found.agreed().seq() + 1, upTo, gap.reason())));
        }
        return doubts;
    }

    /** Why a point is in doubt; empty where it is not. */
    public static Optional<Doubt> doubt(History history, ResolvedPoint point) {
        return doubts(history, history.line(point.timeline())).stream()
                .filter(span -> span.first() <= point.seq() && point.seq() <= span.last())
                .findFirst();
    }

    /** What the operator should know of a point; empty for a history that no source is captured into. */
    static List<String> notes(History history, ResolvedPoint point) {
        if (history.source(point.timeline()).isEmpty()
                && last(history, point.timeline()).isEmpty()) {
            return doubt(history, point).map(SourceComparison::note).stream().toList();
        }
        List<String> notes = new ArrayList<>();
        doubt(history, point).map(SourceComparison::note).ifPresent(notes::add);
        notes.add(last(history, point.timeline())
                .map(SourceComparison::text)
                .map(text -> "what was captured was last compared equal to the source at " + text)
                .orElse("what was captured was never compared with the source as a whole"));
        return notes;
    }

    private static String note(Doubt doubt) {
        return "IN DOUBT: seq " + doubt.first() + " to " + doubt.last() + " may not be what the source held: "
                + doubt.reason();
    }

    /** Such as {@code seq 812, epoch 1930, on 2026-11-30T13:00:00Z}. */
    public static String text(Compared compared) {
        return "seq " + compared.seq() + ", epoch " + compared.epoch() + ", on "
                + Timestamps.print(compared.timeMicros());
    }
}
