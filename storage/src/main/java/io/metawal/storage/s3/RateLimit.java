package io.metawal.storage.s3;

import java.util.function.LongSupplier;

/** At most so many requests a second, with a second's worth at once: a bucket of tokens that may go into debt. */
final class RateLimit {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final LongSupplier nanoClock;
    private double tokens;
    private long filledNanos;

    /** @param perSecond 0 for no limit */
    RateLimit(double perSecond, LongSupplier nanoClock) {
        this.perSecond = perSecond;
        this.nanoClock = nanoClock;
        this.tokens = Math.max(1, perSecond);
        this.filledNanos = nanoClock.getAsLong();
    }

    /** Takes a token, and returns how long to wait before using it. */
    synchronized long reserveNanos() {
        if (perSecond == 0) {
            return 0;
        }
        long now = nanoClock.getAsLong();
        tokens = Math.min(Math.max(1, perSecond), tokens + (now - filledNanos) / NANOS * perSecond);
        filledNanos = now;
        tokens -= 1;
        return tokens >= 0 ? 0 : (long) (-tokens / perSecond * NANOS);
    }
}
