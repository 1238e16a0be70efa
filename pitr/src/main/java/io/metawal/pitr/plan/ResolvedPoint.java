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
 * @param evidence what says that this is what the commit came to
 */
public record ResolvedPoint(
        int timeline,
        Provenance at,
        @Nullable CommitHeader before,
        @Nullable CommitHeader after,
        List<String> notes,
        Evidence evidence) {
    /** Where the digest that a restore is compared with was recorded. */
    public enum Evidence {
        /** Beside the commit, in the log. */
        LOG,
        /** In the snapshot of that commit alone: its log is missing or damaged. */
        SNAPSHOT
    }

    public ResolvedPoint {
        notes = List.copyOf(notes);
    }

    public ResolvedPoint(
            int timeline,
            Provenance at,
            @Nullable CommitHeader before,
            @Nullable CommitHeader after,
            List<String> notes) {
        this(timeline, at, before, after, notes, Evidence.LOG);
    }

    public long seq() {
        return at.seq();
    }
}
