package io.metawal.pitr.plan;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.point.Ref;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Chooses what to read: the newest sound base at or before the target from which the log continues without a hole. Bases that
 * turned out damaged are skipped.
 */
public final class RestorePlanner {
    /** For the estimate alone: stored bytes that one core replays per second; measured rates vary around it. */
    private static final long BYTES_PER_SECOND = 40L << 20;

    private final History history;
    private final Instant now;
    private final Set<SnapshotId> damaged = new HashSet<>();
    private final List<String> notes = new ArrayList<>();

    public RestorePlanner(History history, Instant now) {
        this.history = history;
        this.now = now;
    }

    /** From now on this base is skipped. */
    public void skip(SnapshotId id, String because) {
        damaged.add(id);
        notes.add("snapshot " + id + " is skipped: " + because);
    }

    /** The plan for a commit that is known already, restorable or not: for building an image that continues from there. */
    public RestorePlan planAt(Ref ref, Provenance at) {
        return plan(ref, new ResolvedPoint(at.timeline(), at, null, null, List.of()));
    }

    /** @param exclusive stop just before the point: at the commit before it */
    public RestorePlan plan(Ref ref, boolean exclusive) {
        RefResolver resolver = new RefResolver(history, now);
        try {
            if (!exclusive) {
                return plan(ref, resolver.resolve(ref));
            }
            boolean byTime = ref.ofTime() && ref.back() == 0;
            return plan(ref, byTime ? resolver.resolveBefore(ref) : justBefore(resolver, resolver.resolve(ref), ref));
        } catch (CorruptException e) {
            int timeline = ref.timeline() == null ? history.currentTimeline() : ref.timeline();
            throw Nearest.explain(history, timeline, ref, e);
        }
    }

    private RestorePlan plan(Ref ref, ResolvedPoint target) {
        Line line = history.line(target.timeline());
        boolean alone = target.evidence() == ResolvedPoint.Evidence.SNAPSHOT;
        for (SnapshotId id : Bases.of(history, line)) {
            boolean usable = alone
                    ? id.seq() == target.seq()
                    : id.seq() <= target.seq() && line.contiguousFrom(target.seq()) <= id.seq() + 1;
            if (!usable || damaged.contains(id)) {
                continue;
            }
            try {
                return plan(ref, target, line, history.repository().read(id.manifestKey(), SnapshotManifest.class));
            } catch (CorruptException | ObjectNotFoundException e) {
                skip(id, e.text());
            }
        }
        if (alone) {
            throw new GapException(
                    ref + " cannot be reached: the log of its commit is missing or damaged, and so is its"
                            + " snapshot" + (notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")") + "; "
                            + Nearest.of(history, line, target.seq())
                            + "; `metawal verify` shows what can be restored");
        }
        if (line.contiguousFrom(target.seq()) > 1) {
            throw new GapException(ref + " cannot be reached: the log before seq "
                    + line.contiguousFrom(target.seq())
                    + " is not complete, and there is no sound snapshot to start from"
                    + (notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")") + "; "
                    + Nearest.of(history, line, target.seq()) + "; `metawal verify` shows what can be restored");
        }
        return plan(ref, target, line, null);
    }

    /** By a clock, the last commit strictly before it; otherwise the commit before the one named. */
    private ResolvedPoint justBefore(RefResolver resolver, ResolvedPoint target, Ref ref) {
        if (ref.back() == 0 && ref.kind() == Ref.Kind.EPOCH) {
            return resolver.resolve(
                    new Ref(target.timeline(), Ref.Kind.EPOCH, ref.number() - 1, "", 0, "before " + ref));
        }
        if (target.before() == null) {
            throw new PointNotFoundException(ref + " is the first commit: there is nothing before it");
        }
        return resolver.resolve(new Ref(target.timeline(), Ref.Kind.SEQ, target.seq(), "", 1, "before " + ref));
    }

    private RestorePlan plan(
            Ref ref, ResolvedPoint target, Line line, @org.jspecify.annotations.Nullable SnapshotManifest base) {
        long from = base == null ? 0 : base.at().seq();
        List<Line.Piece> pieces = from == target.seq() && target.evidence() == ResolvedPoint.Evidence.SNAPSHOT
                ? List.of()
                : line.between(from + 1, target.seq());
        Map<SegmentName, Long> sizes = sizes(pieces);
        long bytes = base == null ? 0 : base.bytes();
        for (Line.Piece piece : pieces) {
            bytes += sizes.getOrDefault(piece.segment(), 0L);
        }
        return new RestorePlan(
                ref,
                target,
                base,
                pieces,
                bytes,
                target.seq() - from,
                Math.max(0, line.lastSeq() - target.seq()),
                Duration.ofMillis(1 + bytes * 1000 / BYTES_PER_SECOND),
                SourceComparison.Standing.of(history, target.timeline()),
                Stream.of(target.notes(), notes, SourceComparison.notes(history, target))
                        .flatMap(List::stream)
                        .toList());
    }

    private Map<SegmentName, Long> sizes(List<Line.Piece> pieces) {
        Map<SegmentName, Long> sizes = new HashMap<>();
        Set<Integer> timelines = new HashSet<>();
        pieces.forEach(piece -> timelines.add(piece.segment().timeline()));
        for (int timeline : timelines) {
            ObjectStores.forEach(
                    history.repository().store(),
                    SegmentName.prefix(timeline),
                    "",
                    (ObjectStat stat) -> SegmentName.parse(stat.key()).ifPresent(name -> sizes.put(name, stat.size())));
        }
        return sizes;
    }

    /** Whether a failure of a restore speaks of this plan's base, so that an older one may do. */
    public static boolean blamesBase(RestorePlan plan, MetawalException failure) {
        SnapshotManifest base = plan.base();
        return base != null && failure.text().contains(base.id().prefix());
    }

    /** The same failure, saying which points can be reached without the segment that it names. */
    public CorruptException withNearest(RestorePlan failed, CorruptException e) {
        return Nearest.explain(history, failed.target().timeline(), failed.requested(), e);
    }

    /** The plan for the same point after this one's base turned out damaged. */
    public RestorePlan without(RestorePlan failed, MetawalException because) {
        SnapshotManifest base = failed.base();
        if (base != null) {
            skip(base.id(), because.text());
        }
        return plan(failed.requested(), failed.target());
    }
}
