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
import org.jspecify.annotations.Nullable;

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
            // What two timelines share is in doubt on both, whichever of them the difference was found on. Where one
            // cannot be
            // followed, nothing says that a commit is not shared.
            long shared = Elsewhere.ask(() -> Optional.of(own.sharedWith(Lineage.of(history, gap.timeline()))))
                    .orElseGet(() -> end(history, line));
            long upTo = Math.min(gap.afterSeq(), shared);
            SourceDifference.parse(gap.reason())
                    .filter(found -> found.agreed().seq() < upTo)
                    .ifPresent(found -> doubts.add(new Doubt(found.agreed().seq() + 1, upTo, gap.reason())));
        }
        return doubts;
    }

    /** The last seq that anything says a line has, be it only a snapshot of it. */
    private static long end(History history, Line line) {
        return Math.max(line.lastSeq(), history.archivedSeq(line.timeline()));
    }

    /** Why a point is in doubt; empty where it is not. */
    public static Optional<Doubt> doubt(History history, ResolvedPoint point) {
        return doubts(history, history.line(point.timeline())).stream()
                .filter(span -> span.first() <= point.seq() && point.seq() <= span.last())
                .findFirst();
    }

    /**
     * How what was captured on a timeline was compared with its source.
     *
     * @param captured whether there is a source to compare with
     * @param last when it was last equal as a whole; null where it never was
     */
    public record Standing(boolean captured, @Nullable Compared last) {
        /** Where there is nothing to say. */
        public static final Standing NONE = new Standing(false, null);

        static Standing of(History history, int timeline) {
            return new Standing(
                    !history.source(timeline).isEmpty(),
                    SourceComparison.last(history, timeline).orElse(null));
        }

        /** In words; empty for a history that no source is captured into. */
        public Optional<String> text() {
            if (last != null) {
                return Optional.of(
                        "what was captured was last compared equal with the source at " + SourceComparison.text(last));
            }
            return captured
                    ? Optional.of("what was captured was never compared with the source as a whole")
                    : Optional.empty();
        }
    }

    /** What the operator should know of a point. */
    static List<String> notes(History history, ResolvedPoint point) {
        return doubt(history, point).map(SourceComparison::note).stream().toList();
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
