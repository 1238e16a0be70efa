package io.metawal.connectors.databend.grpc;

/** When the next export may begin: not too soon after the last, and so that exports take a fifth of the time at most. Pure. */
final class ExportPace {
    private static final long REST_FOR_EXPORT = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long nanosMin;
    private boolean any;
    private long nextNanos;

    ExportPace(long millisMin) {
        this.nanosMin = millisMin * NANOS_PER_MILLI;
    }

    /** An export that began and ended at these moments. */
    void took(long beginNanos, long endNanos) {
        any = true;
        nextNanos = Math.max(beginNanos + nanosMin, endNanos + REST_FOR_EXPORT * (endNanos - beginNanos));
    }

    /** Milliseconds until the next may begin; 0 where it may now. */
    long millisLeft(long nowNanos) {
        long left = nextNanos - nowNanos;
        return !any || left <= 0 ? 0 : (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }
}
