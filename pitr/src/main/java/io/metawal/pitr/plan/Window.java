package io.metawal.pitr.plan;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.Unobserved;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one can restore to on a timeline, derived from the objects that are there and not from what should be.
 *
 * @param from the oldest point from which on every point up to {@code to} can be reached; null where none can
 * @param to the newest point that can be reached
 * @param gaps what is known not to be known
 * @param unobserved spans of time in which it is not known what the source was like, beside the gaps
 */
public record Window(@Nullable Position from, @Nullable Position to, List<Missing> gaps, List<Unobserved> unobserved) {
    /** @param afterSeq the last commit before it */
    public record Missing(long afterSeq, String reason) {}

    /** By names and lists, with a look at the commits at both ends. */
    public static Window of(History history, int timeline) {
        return of(history, timeline, Set.of());
    }

    /** @param damaged keys of objects that are there and of no use */
    public static Window of(History history, int timeline, Set<String> damaged) {
        Set<String> useless = new HashSet<>(damaged);
        Line line = history.line(timeline);
        while (true) {
            Reach reach = new Reach(history, line, useless);
            Ends ends = new Ends(reach, history, useless);
            int known = useless.size();
            Position to = ends.last();
            Position from = to == null ? null : ends.firstBefore(to.seq());
            if (useless.size() == known) {
                return new Window(
                        from,
                        to == null ? null : to.on(timeline),
                        gaps(history, line, reach.line()),
                        unobserved(history, timeline));
            }
            // A segment at one of the ends turned out damaged: the window lies elsewhere.
        }
    }

    private static List<Missing> gaps(History history, Line line, Line sound) {
        List<Missing> gaps = new ArrayList<>();
        for (Gap gap : history.manifest().state().gaps()) {
            boolean onLine = line.pieces().stream()
                    .anyMatch(piece -> piece.segment().timeline() == gap.timeline()
                            && piece.segment().first() <= gap.afterSeq() + 1
                            && piece.upToSeq() > gap.afterSeq());
            if (onLine) {
                gaps.add(new Missing(gap.afterSeq(), gap.reason()));
            }
        }
        for (Line.Hole hole : sound.holes()) {
            gaps.add(new Missing(hole.first() - 1, absent(hole.first(), hole.last())));
        }
        if (sound.lastSeq() < line.lastSeq()) {
            gaps.add(new Missing(sound.lastSeq(), absent(sound.lastSeq() + 1, line.lastSeq())));
        }
        lostTail(history, line).ifPresent(gaps::add);
        return gaps;
    }

    private static List<Unobserved> unobserved(History history, int timeline) {
        Lineage lineage = Lineage.of(history, timeline);
        return history.manifest().state().unobserved().stream()
                .filter(span -> lineage.has(span.timeline(), span.afterSeq() + 1))
                .toList();
    }

    private static String absent(long first, long last) {
        return "the segments of seq " + first + " to " + last + " are missing or damaged";
    }

    /** What the head knows of, or the fork that the timeline began at, and no segment holds. */
    static Optional<Missing> lostTail(History history, Line line) {
        long archived = history.archivedSeq(line.timeline());
        if (archived <= line.lastSeq()) {
            return Optional.empty();
        }
        long fork = history.timeline(line.timeline()).forkSeq();
        String said = archived == fork
                ? "timeline " + line.timeline() + " left its parent after seq " + fork
                : "the head says that seq " + archived + " was archived";
        return Optional.of(new Missing(line.lastSeq(), said + ", but the segments end at seq " + line.lastSeq()));
    }

    /** Looks for the outermost commits that are points of restore; notes the segments that cannot be read. */
    private static final class Ends {
        private final Reach reach;
        private final CommitFinder finder;
        private final Set<String> useless;

        Ends(Reach reach, History history, Set<String> useless) {
            this.reach = reach;
            this.finder = new CommitFinder(
                    reach.line(), new Segments(history.repository().store()));
            this.useless = useless;
        }

        @Nullable
        Position last() {
            int known = useless.size();
            long seq = reach.lastUpTo(Long.MAX_VALUE);
            while (seq >= 1) {
                Position at = point(seq);
                if (at != null || useless.size() != known) {
                    return at;
                }
                seq = reach.lastUpTo(seq - 1);
            }
            return null;
        }

        @Nullable
        Position firstBefore(long to) {
            int known = useless.size();
            for (long seq = reach.firstOfRun(to); seq <= to; seq++) {
                Position at = point(seq);
                if (at != null || useless.size() != known) {
                    return at;
                }
            }
            return null;
        }

        /** The commit's position where it is a point of restore; null where it is none, or cannot be read. */
        private @Nullable Position point(long seq) {
            Provenance sealed = reach.sealed(seq);
            if (sealed != null) {
                return sealed.position();
            }
            StampedCommit found = find(seq);
            return found == null || !found.record().kind().restorable() ? null : Position.of(found.record());
        }

        private @Nullable StampedCommit find(long seq) {
            try {
                return finder.bySeq(seq).orElse(null);
            } catch (CorruptException | GapException e) {
                reach.line()
                        .between(seq, seq)
                        .forEach(piece -> useless.add(piece.segment().toString()));
                return null;
            }
        }
    }
}
