package io.metawal.pitr.plan;

import io.metawal.metadata.point.Ref;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SnapshotManifest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restore reads, in order: printed by {@code --plan}, and run as it stands.
 *
 * @param base the snapshot it starts from; null to start from nothing
 * @param pieces the segments after it, up to the target
 * @param bytes stored bytes to be read
 * @param commitsNotApplied commits on the same timeline after the target: what the restore leaves out
 * @param comparison of what was captured on the timeline of the target with its source
 * @param notes what the operator should know, a line each
 */
public record RestorePlan(
        Ref requested,
        ResolvedPoint target,
        @Nullable SnapshotManifest base,
        List<Line.Piece> pieces,
        long bytes,
        long commits,
        long commitsNotApplied,
        Duration estimate,
        SourceComparison.Standing comparison,
        List<String> notes) {
    public RestorePlan {
        pieces = List.copyOf(pieces);
        notes = List.copyOf(notes);
    }

    /** The last seq that the base has; 0 without a base. */
    public long baseSeq() {
        return base == null ? 0 : base.at().seq();
    }
}
