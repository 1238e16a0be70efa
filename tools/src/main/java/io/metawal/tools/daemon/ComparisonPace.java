package io.metawal.tools.daemon;

import java.time.Duration;

/**
 * When the next slice of a comparison with the source is due, and how large it may be: comparisons work at most a share of the time, and a
 * round of all slices begins at most once in an interval. So a small source is compared as a whole now and then, and a large one a little
 * all the time. Pure.
 */
public final class ComparisonPace {
    /** How long a slice should work: short enough not to be felt at the source. */
    private static final long SLICE_NANOS = 200_000_000L;

    private static final int KEYS_FIRST = 500;
    private static final int KEYS_MIN = 50;
    private static final int KEYS_MAX = 50_000;
    private static final long UNKNOWN_REST_NANOS = 1_000_000_000L;

    private final PaceSettings settings;
    private int keys = KEYS_FIRST;
    private long dueNanos;
    private long roundNanos;
    private boolean inRound;

    /**
     * How much comparisons may cost.
     *
     * @param share of the time that they may work, more than 0 and at most 1
     * @param roundEvery a round begins at most so often; zero for never
     */
    public record PaceSettings(double share, Duration roundEvery) {
        public static final PaceSettings DEFAULT = new PaceSettings(0.01, Duration.ofMinutes(10));
    }

    ComparisonPace(PaceSettings settings, long nowNanos) {
        this.settings = settings;
        this.dueNanos = nowNanos;
        this.roundNanos = nowNanos;
    }

    /** How long until the next slice may begin; 0 where it may now. */
    long nanosLeft(long nowNanos) {
        return Math.max(0, dueNanos - nowNanos);
    }

    /** Keys of the next slice. */
    int keys() {
        return keys;
    }

    /** A slice is compared now. */
    void begins(long nowNanos) {
        if (!inRound) {
            inRound = true;
            roundNanos = nowNanos;
        }
    }

    /** A slice was compared, with so much work. */
    void worked(long workNanos, long keysCompared, long nowNanos) {
        rest(workNanos, nowNanos);
        if (workNanos > 2 * SLICE_NANOS) {
            keys = Math.max(KEYS_MIN, keys / 2);
        } else if (keysCompared >= keys && workNanos < SLICE_NANOS / 2) {
            keys = Math.min(KEYS_MAX, keys * 2);
        }
    }

    /** A slice could not be compared, after so much work: not again at once. */
    void failed(long workNanos, long nowNanos) {
        rest(workNanos, nowNanos);
        dueNanos = Math.max(dueNanos, nowNanos + UNKNOWN_REST_NANOS);
    }

    private void rest(long workNanos, long nowNanos) {
        dueNanos = nowNanos + (long) (workNanos * (1 / settings.share() - 1));
    }

    /** The last slice of a round was compared. */
    void roundComplete() {
        inRound = false;
        dueNanos = Math.max(dueNanos, roundNanos + settings.roundEvery().toNanos());
    }

    /** A new round is due, as soon as the share of time allows. */
    void restart() {
        inRound = false;
    }
}
