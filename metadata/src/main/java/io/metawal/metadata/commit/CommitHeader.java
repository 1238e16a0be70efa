package io.metawal.metadata.commit;

import java.util.Objects;

/**
 * Where a commit stands in the log: the fixed part of its record, readable without its payload.
 *
 * @param seq dense position in the timeline, from 1
 * @param epoch the source's logical clock, ≥ 0, never falling
 * @param timeMicros µs since 1970 UTC, never falling
 * @param observedUntilMicros up to when the source is known to have made no other commit before this one; 0 for never
 * @param clockMicros the time before it was clamped
 * @param afterGap whether something before this commit is known to be missing
 * @param chain the chain value with this commit in it
 * @param payloadLength bytes of payload behind the header
 */
public record CommitHeader(
        int timeline,
        long seq,
        long epoch,
        long timeMicros,
        long observedUntilMicros,
        long clockMicros,
        CommitKind kind,
        boolean afterGap,
        int changeCount,
        Chain chain,
        int payloadLength) {
    public CommitHeader {
        Objects.requireNonNull(chain);
    }

    /** By how much the time was clamped, either way. */
    public long clampedMicros() {
        return Math.abs(timeMicros - clockMicros);
    }
}
