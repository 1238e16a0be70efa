package io.metawal.pitr.verify;

import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotManifest;
import java.time.Instant;
import java.util.List;

/**
 * Replays to every snapshot and to the end of every timeline, from each base that there is and from the log alone, and compares
 * digests. Not only to points of restore: a snapshot, or the log's end, may lie inside a base.
 */
final class ReplayVerifier {
    private final History history;
    private final ObjectStore store;
    private final ReplayLimits limits;
    private final Instant now;
    private final Runnable progress;
    private final Findings findings;

    ReplayVerifier(History history, ReplayLimits limits, Instant now, Runnable progress, Findings findings) {
        this.history = history;
        this.store = history.repository().store();
        this.limits = limits;
        this.now = now;
        this.progress = progress;
        this.findings = findings;
    }

    void verify(List<SnapshotManifest> snapshots) {
        for (SnapshotManifest snapshot : snapshots) {
            Provenance at = snapshot.at();
            findings.check(snapshot.id().manifestKey(), () -> prove(recorded(at)));
        }
        for (int timeline : history.timelines().keySet()) {
            var segments = history.segments(timeline);
            if (!segments.isEmpty()) {
                ObjectKey last = segments.get(segments.size() - 1).key();
                findings.check(last, () -> prove(history.end(timeline).at()));
            }
        }
    }

    /** What the log says of the commit that a snapshot is of; the snapshot's own word where the log does not reach. */
    private Provenance recorded(Provenance at) {
        return new CommitFinder(history.line(at.timeline()), new Segments(store))
                .bySeq(at.seq())
                .map(StampedCommit::provenance)
                .map(logged -> logged.on(at.timeline()))
                .orElse(at);
    }

    private void prove(Provenance at) {
        Ref ref = RefParser.parse(at.timeline() + "@seq:" + at.seq());
        RestorePlanner planner = new RestorePlanner(history, now);
        while (true) {
            RestorePlan plan = planner.planAt(ref, at);
            compare(plan);
            SnapshotManifest base = plan.base();
            if (base == null || history.line(at.timeline()).contiguousFrom(at.seq()) > 1) {
                return;
            }
            planner.passOver(base.id(), "replayed from already");
        }
    }

    private void compare(RestorePlan plan) {
        try (MergedEntries entries = new Replay(store, limits, any -> progress.run()).run(plan)) {
            while (entries.hasNext()) {
                entries.nextBytes();
            }
            Digest expected = plan.target().at().digest();
            if (!entries.digest().equals(expected)) {
                SnapshotManifest base = plan.base();
                throw new MismatchException(
                        "replayed from " + (base == null ? "the log alone" : "snapshot " + base.id()) + " to "
                                + plan.requested() + ", the digest is " + entries.digest() + ", expected " + expected);
            }
        }
    }
}
