package io.metawal.wal;

import java.util.Collection;

/** How far a hot log may be let go of. Pure. */
public final class TrimPolicy {
    private TrimPolicy() {}

    /** The first seq that must stay: one past what is archived, and what the slowest follower has taken. */
    public static long keepFrom(long archivedSeq, Collection<Long> followerSeqs) {
        return followerSeqs.stream().mapToLong(Long::longValue).reduce(archivedSeq, Math::min) + 1;
    }
}
