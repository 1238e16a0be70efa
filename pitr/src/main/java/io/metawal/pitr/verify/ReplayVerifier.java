package io.metawal.pitr.verify;

import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.plan.SourceComparison;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.replay.ScratchDirectory;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Reads every snapshot, and folds every timeline's log once, comparing the digest at every commit. Not only at points of restore: a
 * snapshot, or the log's end, may be inside a base. Cost: what a restore to the newest commit of each timeline costs, one at a time.
 */
final class ReplayVerifier {
    private final History history;
    private final ReplayLimits limits;
    private final Instant now;
    private final Runnable progress;
    private final Findings findings;

    ReplayVerifier(History history, ReplayLimits limits, Instant now, Runnable progress, Findings findings) {
        this.history = history;
        this.limits = limits;
        this.now = now;
        this.progress = progress;
        this.findings = findings;
    }

    /** @param snapshots those that can be read */
    void verify(List<SnapshotManifest> snapshots) {
        for (SnapshotManifest snapshot : snapshots) {
            findings.check(snapshot.id().manifestKey(), () -> prove(snapshot));
        }
        try (ScratchDirectory scratch = ScratchDirectory.in(limits.scratch(), "verify")) {
            for (int timeline : history.timelines().keySet()) {
                new LineFold(history, snapshots, findings, this::image, progress)
                        .verify(timeline, scratch.path().resolve("image-" + timeline));
            }
        }
    }

    /** The entries of a snapshot are those of the commit, as the log has it; as the snapshot itself has it where the log does not reach. */
    private void prove(SnapshotManifest snapshot) {
        Provenance at = snapshot.at();
        Provenance recorded = new CommitFinder(
                        history.line(at.timeline()),
                        new Segments(history.repository().store()))
                .bySeq(at.seq())
                .map(StampedCommit::provenance)
                .orElse(at);
        if (!recorded.chain().equals(at.chain())) {
            throw new MismatchException("snapshot " + snapshot.id() + " has chain value " + at.chain()
                    + ", but the log has " + recorded.chain() + " at seq " + at.seq()
                    + ": they are not of one history");
        }
        Digest found = read(alone(snapshot));
        if (!found.equals(recorded.digest())) {
            throw new MismatchException("the entries of snapshot " + snapshot.id() + " have digest " + found
                    + ", expected " + recorded.digest());
        }
        progress.run();
    }

    private static RestorePlan alone(SnapshotManifest snapshot) {
        Provenance at = snapshot.at();
        return new RestorePlan(
                RefParser.parse(at.timeline() + "@seq:" + at.seq()),
                new ResolvedPoint(at.timeline(), at, null, null, List.of(), ResolvedPoint.Evidence.SNAPSHOT),
                snapshot,
                List.of(),
                snapshot.bytes(),
                0,
                0,
                Duration.ZERO,
                SourceComparison.Standing.NONE,
                List.of());
    }

    private Digest read(RestorePlan plan) {
        try (ScratchDirectory scratch = ScratchDirectory.in(limits.scratch(), "verify");
                MergedEntries entries = replay(scratch).run(plan)) {
            while (entries.hasNext()) {
                entries.nextBytes();
            }
            return entries.digest();
        }
    }

    private Replay replay(ScratchDirectory scratch) {
        return new Replay(history.repository().store(), scratch.of(limits), any -> {});
    }

    /** The image at a commit, by the shortest way: a snapshot, and the log after it. */
    private void image(Provenance at, LineFold.Loading loading) {
        RestorePlan plan =
                new RestorePlanner(history, now).planAt(RefParser.parse(at.timeline() + "@seq:" + at.seq()), at);
        try (ScratchDirectory scratch = ScratchDirectory.in(limits.scratch(), "verify");
                MergedEntries entries = replay(scratch).run(plan)) {
            loading.load(entries);
        }
    }
}
