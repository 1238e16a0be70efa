package io.metawal.tools.engine;

import io.metawal.metadata.commit.Timestamps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Dates the questions that a capture asked its source by a clock that is never set. A question comes with the time of this machine's clock
 * at which it was asked; where that clock was set meanwhile, the question is dated too early, never too late. For one source thread; the
 * result may be read by others.
 */
final class HeardTime {
    /** A question that was asked before the clock was set back, and is answered later than this after it, may be dated too late. */
    private static final long ANSWERED_NANOS_MAX = Duration.ofMinutes(5).toNanos();

    private final InstantSource clock;
    private final LongSupplier nanos;
    private long offsetMax;
    private long offsetMaxBefore;
    private long sinceNanos;
    private volatile long heardNanos;

    HeardTime(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        this.offsetMax = offset();
        this.offsetMaxBefore = offsetMax;
        this.sinceNanos = nanos.getAsLong();
        this.heardNanos = sinceNanos;
    }

    /** The source was asked at this time of the machine's clock, and its answer is taken. */
    void heard(long askedMicros) {
        long offset = offset();
        long now = nanos.getAsLong();
        if (now - sinceNanos > ANSWERED_NANOS_MAX) {
            offsetMaxBefore = offsetMax;
            offsetMax = offset;
            sinceNanos = now;
        }
        offsetMax = Math.max(offsetMax, offset);
        long asked = askedMicros * 1000 - Math.max(offsetMax, offsetMaxBefore);
        heardNanos = Math.max(heardNanos, Math.min(now, asked));
    }

    /** By how much the machine's clock is ahead of the other; larger where this thread is held up in between. */
    private long offset() {
        long measured = nanos.getAsLong();
        return Timestamps.micros(clock.instant()) * 1000 - measured;
    }

    /** When the last question was asked that was answered. */
    long nanos() {
        return heardNanos;
    }
}
