package io.metawal.connectors.risingwave.fold;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.hummock.Fingerprint;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.hummock.Observation;
import io.metawal.connectors.risingwave.hummock.VersionDifference;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is made of the comparisons with RisingWave's checkpoints, and of what deltas showed: which version was equal last, what was tolerated by
 * which rule, what was pruned. The figures are for any thread, all else is for the one that captures.
 */
final class VersionComparison {
    private static final Logger LOG = LoggerFactory.getLogger(VersionComparison.class);
    private static final double MILLIS = 1000.0;
    private static final VersionDifference MADE_EQUAL =
            new VersionDifference(1, "what differed in that version, and later deltas have made equal since");

    private final InstantSource clock;
    private final CheckpointAudit audit;
    private final Map<Figure, Long> figures = new EnumMap<>(Figure.class);
    /** A start of the meta node, or what deltas showed of one, changed the version with no delta that says so: at which version that was known. */
    private @Nullable Long rewritten;

    private long lastEqual;
    private long lastEqualEpoch;
    private volatile Map<String, Double> gauges = Map.of();

    /** What is counted, and its gauge. */
    private enum Figure {
        EQUAL("hummock_comparisons"),
        DIFFERENT("hummock_differences"),
        TOLERATED_SIZES("hummock_tolerated_sizes"),
        TOLERATED_FILTERS("hummock_tolerated_filters"),
        TOLERATED_WATERMARKS("hummock_tolerated_watermarks"),
        PRUNED("hummock_pruned");

        private final String gauge;

        Figure(String gauge) {
            this.gauge = gauge;
        }
    }

    /**
     * What became of a comparison.
     *
     * @param theirs the version to continue from where ours is another; null where it is equal, or nothing was compared
     * @param difference the gap's reason, where there is one
     */
    record Outcome(List<Change> changes, @Nullable FoldedVersion theirs, String difference) {
        static final Outcome NONE = new Outcome(List.of(), null, "");
    }

    VersionComparison(InstantSource clock, Executor reads) {
        this.clock = clock;
        this.audit = new CheckpointAudit(clock, reads);
        show(Double.NaN, Double.NaN);
    }

    void restart(FoldedVersion version) {
        if (version.changedByStart()) {
            rewritten(version);
        }
        audit.restart(version.keyed().id(), of(version));
    }

    void folded(FoldedVersion version, long id, ByteString raw) {
        audit.folded(id, raw, of(version));
    }

    private static CheckpointAudit.Folded of(FoldedVersion version) {
        return new CheckpointAudit.Folded(version.keyed().fingerprint(), version.committedEpoch());
    }

    void deltasDeleted() {
        audit.deltasDeleted();
    }

    void look(Supplier<HummockVersion> checkpoint) {
        audit.look(checkpoint);
    }

    /** What the version was before may differ from RisingWave's, and be the same from here on. */
    private void rewritten(FoldedVersion version) {
        rewritten = version.keyed().id();
    }

    /** What the version showed since this was asked last is logged and counted; a pruning is recorded in the image, too. */
    List<Change> observed(FoldedVersion version) {
        List<Change> changes = new ArrayList<>();
        for (Observation each : version.observed()) {
            LOG.warn(
                    "Hummock version {}: {}",
                    Long.toUnsignedString(version.keyed().id()),
                    each.text());
            if (each.kind() == Observation.Kind.PRUNED) {
                count(Figure.PRUNED);
                rewritten(version);
                changes.add(record(RwSpaces.VERSION_PRUNED, version.keyed(), "what", each.text()));
            } else if (each.kind() == Observation.Kind.NO_GROUP_VERSION_IDS) {
                rewritten(version);
            }
        }
        return changes;
    }

    /** Compares with a checkpoint where one was read. */
    Outcome compare(FoldedVersion version) {
        return audit.met().map(met -> compare(version, met)).orElse(Outcome.NONE);
    }

    private Outcome compare(FoldedVersion version, CheckpointAudit.Met met) {
        Fingerprint ours = met.ours().fingerprint();
        Fingerprint theirs = met.theirs().fingerprint();
        if (ours.body().equals(theirs.body()) && ours.watermarks().equals(theirs.watermarks())) {
            Long at = rewritten;
            if (at == null || Long.compareUnsigned(at, met.theirs().version().getId()) <= 0) {
                rewrittenAlike(version);
            }
            return equal(met);
        }
        FoldedVersion whole =
                new FoldedVersion(met.theirs().version(), version.keyed().dialect());
        takeAll(whole, met);
        HummockVersion expected = whole.keyed().toVersion();
        Optional<VersionDifference> difference = VersionDifference.between(version.keyed(), expected);
        boolean equalNow = difference.isEmpty() && whole.complete();
        boolean onlyWatermarks = ours.body().equals(theirs.body());
        if (equalNow && (onlyWatermarks || rewritten != null)) {
            if (onlyWatermarks) {
                count(Figure.TOLERATED_WATERMARKS);
            }
            rewrittenAlike(version);
            return equal(met);
        }
        return equalNow ? different(version, whole, met, MADE_EQUAL) : differentNow(version, whole, met, difference);
    }

    /** The version now is RisingWave's, whatever a start made of it. */
    private void rewrittenAlike(FoldedVersion version) {
        rewritten = null;
        version.keyed().isNumberedRight();
    }

    private Outcome differentNow(
            FoldedVersion version,
            FoldedVersion whole,
            CheckpointAudit.Met met,
            Optional<VersionDifference> difference) {
        HummockVersion expected = whole.keyed().toVersion();
        List<Change> pruned = version.keyed().pruneLike(expected);
        boolean started = rewritten != null || !version.keyed().observed().isEmpty();
        if (started
                && whole.complete()
                && VersionDifference.between(version.keyed(), expected).isEmpty()) {
            return pruned(version, met, pruned);
        }
        version.keyed().takeBack();
        List<Change> unnumbered = withoutGroupVersionIds(version, met);
        if (!unnumbered.isEmpty()) {
            rewrittenAlike(version);
            restart(version);
            return new Outcome(with(unnumbered, equal(met).changes()), null, "");
        }
        return different(
                version,
                whole,
                met,
                difference.orElse(new VersionDifference(1, "the deltas after it, which do not fit it")));
    }

    private Outcome different(
            FoldedVersion version, FoldedVersion whole, CheckpointAudit.Met met, VersionDifference difference) {
        whole.keyed().replaces(version.keyed());
        count(Figure.DIFFERENT);
        SourceDifference found = new SourceDifference(
                difference.count(), new SourceDifference.Agreed(0, lastEqualEpoch), difference.first());
        return new Outcome(
                List.of(),
                whole,
                "the Hummock version continues from RisingWave's checkpoint of version "
                        + Long.toUnsignedString(met.theirs().version().getId()) + ", and was "
                        + (lastEqual == 0
                                ? "not compared before"
                                : "last equal at version " + Long.toUnsignedString(lastEqual))
                        + ": " + found);
    }

    private static void takeAll(FoldedVersion theirs, CheckpointAudit.Met met) {
        met.after().forEach((id, raw) -> {
            var unused = theirs.take(id, raw);
        });
    }

    /** What makes the version equal where the release turns out to number no groups; empty where that does not. */
    private static List<Change> withoutGroupVersionIds(FoldedVersion version, CheckpointAudit.Met met) {
        List<Change> changes = version.keyed().forgetGroupVersionIds();
        if (changes.isEmpty()) {
            version.keyed().takeBack();
            return List.of();
        }
        FoldedVersion theirs =
                new FoldedVersion(met.theirs().version(), version.keyed().dialect());
        var unused = theirs.keyed().forgetGroupVersionIds();
        takeAll(theirs, met);
        if (VersionDifference.between(version.keyed(), theirs.keyed().toVersion())
                .isEmpty()) {
            return changes;
        }
        version.keyed().takeBack();
        return List.of();
    }

    private static List<Change> with(List<Change> changes, List<Change> more) {
        List<Change> all = new ArrayList<>(changes);
        all.addAll(more);
        return all;
    }

    /** The meta node pruned the version when it started; no delta has shown it yet. */
    private Outcome pruned(FoldedVersion version, CheckpointAudit.Met met, List<Change> changes) {
        List<Change> all = new ArrayList<>(changes);
        for (Observation each : version.keyed().observed()) {
            count(Figure.PRUNED);
            LOG.warn(
                    "Hummock version {}: {}",
                    Long.toUnsignedString(version.keyed().id()),
                    each.text());
            all.add(record(RwSpaces.VERSION_PRUNED, version.keyed(), "what", each.text()));
        }
        all.addAll(equal(met).changes());
        rewrittenAlike(version);
        restart(version);
        return new Outcome(all, null, "");
    }

    private Outcome equal(CheckpointAudit.Met met) {
        if (!met.ours().fingerprint().sizes().equals(met.theirs().fingerprint().sizes())) {
            count(Figure.TOLERATED_SIZES);
        }
        if (!met.ours()
                .fingerprint()
                .filters()
                .equals(met.theirs().fingerprint().filters())) {
            count(Figure.TOLERATED_FILTERS);
        }
        lastEqual = met.theirs().version().getId();
        lastEqualEpoch = met.ours().epoch();
        count(Figure.EQUAL);
        show((double) lastEqual, clock.instant().toEpochMilli() / MILLIS);
        return new Outcome(
                List.of(Change.put(
                        RwSpaces.VERSION_COMPARED,
                        Meta.of(JsonNodeFactory.instance
                                .objectNode()
                                .put("version", Long.toUnsignedString(lastEqual))
                                .put("time", Timestamps.print(Timestamps.micros(clock.instant())))))),
                null,
                "");
    }

    private static Change record(EntryKey key, KeyedVersion version, String name, String text) {
        return Change.put(
                key,
                Meta.of(JsonNodeFactory.instance
                        .objectNode()
                        .put("version", Long.toUnsignedString(version.id()))
                        .put(name, text)));
    }

    private void count(Figure figure) {
        figures.merge(figure, 1L, Long::sum);
        show(
                gauges.getOrDefault("hummock_equal_version", Double.NaN),
                gauges.getOrDefault("hummock_equal_seconds", Double.NaN));
    }

    private void show(double version, double seconds) {
        Map<String, Double> now = new TreeMap<>();
        for (Figure each : Figure.values()) {
            now.put(each.gauge, (double) figures.getOrDefault(each, 0L));
        }
        now.put("hummock_equal_version", version);
        now.put("hummock_equal_seconds", seconds);
        gauges = now;
    }

    Map<String, Double> gauges() {
        return gauges;
    }
}
