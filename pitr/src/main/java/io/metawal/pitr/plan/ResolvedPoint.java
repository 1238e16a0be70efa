package io.metawal.pitr.plan;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.image.Provenance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commit that a ref means.
 *
 * @param timeline the line it was looked up on; the commit itself may lie on an ancestor
 * @param before the commit before it; null for the first
 * @param after the next commit on that line; null where there is none yet
 * @param notes what to know of it, such as how far off a time may be
 */
public record ResolvedPoint(
        int timeline,
        Provenance at,
        @Nullable CommitHeader before,
        @Nullable CommitHeader after,
        List<String> notes) {
    public ResolvedPoint {
        notes = List.copyOf(notes);
    }

    public long seq() {
        return at.seq();
    }
}
