package io.metawal.metadata.commit;

import java.util.Objects;

/**
 * Where a commit stands in the log: the fixed part of its record, readable without its payload.
 *
 * @param seq dense position in the timeline, from 1
 * @param epoch the source's logical clock, ≥ 0, never falling
 * @param timeMicros µs since 1970 UTC, never falling
 * @param afterGap whether something before this commit is known to be missing
 * @param chain the chain value with this commit in it
 * @param payloadLength bytes of payload behind the header
 */
public record CommitHeader(
        int timeline,
        long seq,
        long epoch,
        long timeMicros,
        CommitKind kind,
        boolean afterGap,
        int changeCount,
        Chain chain,
        int payloadLength) {
    public CommitHeader {
        Objects.requireNonNull(chain);
    }
}
