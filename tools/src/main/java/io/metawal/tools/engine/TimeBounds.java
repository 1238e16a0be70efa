package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.storage.repository.StoreClock;
import io.metawal.storage.repository.WriterRole;
import java.time.InstantSource;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Bounds the times of commits and observations: at most {@link #AHEAD_MICROS_MAX} ahead of this machine's clock and of the
 * store's, and always after what was said to be known. So one wrong clock costs seconds of the time axis. A machine's clock that
 * steps is not believed before it was compared with the store's again: until then nothing counts as observed. That it is ahead
 * of what was measured after the machine was suspended is no step. It never waits for the store. Safe for several threads.
 */
final class TimeBounds {
    static final long AHEAD_MICROS_MAX = 5_000_000;

    private static final long STEP_MICROS_MIN = 1_000_000;
    private static final long SUSPENSION_MICROS_MIN = 100_000;
    /** What is observed is asked of a source that lives; an import says how far a log came that may be old. */
    private static final long RECENT_MICROS = 60_000_000;

    private final WriterRole role;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final LongSupplier suspendedNanos;
    private final LongConsumer machineAhead;
    private long lastMicros;
    private long lastNanos;
    private long askedMicros;
    private long askedNanos;
    private long lastSuspendedNanos;
    private boolean observedHere;
    private long appendedMicros;
    private long stepMicros;
    private long steppedAtComparison;
    private boolean warned;
    private volatile long observedMicros;

    /**
     * @param nanos a clock that only measures
     * @param suspendedNanos for how long in all the machine was suspended, which {@code nanos} does not count; asked ten times a second at most
     * @param machineAhead receives, once, by how many µs this machine's clock is ahead of the store's where that is too much
     */
    TimeBounds(
            WriterRole role,
            InstantSource clock,
            LongSupplier nanos,
            LongSupplier suspendedNanos,
            LongConsumer machineAhead) {
        this.role = role;
        this.clock = clock;
        this.nanos = nanos;
        this.suspendedNanos = suspendedNanos;
        this.machineAhead = machineAhead;
        this.lastMicros = Timestamps.micros(clock.instant());
        this.lastNanos = nanos.getAsLong();
        this.askedMicros = lastMicros;
        this.askedNanos = lastNanos;
        this.lastSuspendedNanos = suspendedNanos.getAsLong();
        this.appendedMicros = role.term().from().timeMicros();
        this.observedMicros = role.head().observedUntilMicros();
    }

    /** Up to when the source is known to have had nothing but what was appended. */
    long observedMicros() {
        return observedMicros;
    }

    /** Takes an observation; returns the time up to which it counts. */
    synchronized long observe(long micros) {
        long now = Timestamps.micros(clock.instant());
        long shift = believed(now) - now;
        // A time that has not come yet is of a clock that was set back since.
        if (stepMicros == 0 && micros <= now) {
            observedHere |= micros > now - RECENT_MICROS;
            observedMicros = Math.max(observedMicros, micros + shift);
        }
        return Math.min(micros + shift, observedMicros);
    }

    /** The draft of a source that is captured, with what is known of the time before it, and its time in bounds. */
    synchronized CommitDraft captured(CommitDraft draft) {
        CommitClocks clocks = fresh(draft.clocks());
        boolean ofLog = clocks.observedUntilMicros() != CommitClocks.ABSENT
                && !draft.body().afterGap();
        if (!ofLog) {
            return draft.with(bounded(clocks.observedUntil(observedMicros)));
        }
        boolean behind = observedHere && clocks.timeMicros() <= observedMicros - STEP_MICROS_MIN;
        if (!behind) {
            return draft.with(bounded(clocks.observedUntil(Math.max(observedMicros, clocks.observedUntilMicros()))));
        }
        // The source's clock is behind this machine's, which knows better when it came.
        long now = believed(Timestamps.micros(clock.instant()));
        return draft.with(clocks.clampedTo(Math.max(now, observedMicros + 1)).observedUntil(observedMicros));
    }

    /** A time that this machine's clock gave just now gets that of the store where this machine's is behind. */
    private CommitClocks fresh(CommitClocks wanted) {
        long now = Timestamps.micros(clock.instant());
        long behind = believed(now) - now;
        boolean own = wanted.observedUntilMicros() == CommitClocks.ABSENT
                && wanted.timeMicros() <= now
                && wanted.timeMicros() > now - AHEAD_MICROS_MAX;
        return own && behind > 0 ? wanted.clampedTo(wanted.timeMicros() + behind) : wanted;
    }

    /** The clocks of a draft with its time in bounds. */
    synchronized CommitClocks bounded(CommitClocks wanted) {
        long now = Timestamps.micros(clock.instant());
        boolean undated = wanted.timeMicros() == CommitClocks.ABSENT;
        long believed = believed(now);
        if (undated && believed > now) {
            appendedMicros = Math.max(appendedMicros, believed);
            return new CommitClocks(wanted.epoch(), believed, untilNow(wanted, believed), now);
        }
        long time = undated ? now : wanted.timeMicros();
        boolean ahead = time > believed + AHEAD_MICROS_MAX;
        boolean back = undated && time < appendedMicros - STEP_MICROS_MIN;
        appendedMicros = Math.max(appendedMicros, Math.min(time, believed + AHEAD_MICROS_MAX));
        if (time > observedMicros && !ahead && !back) {
            return wanted;
        }
        CommitClocks dated = undated ? new CommitClocks(wanted.epoch(), now, untilNow(wanted, now), now) : wanted;
        long observed = dated.observedUntilMicros();
        if (observed != CommitClocks.ABSENT) {
            // A clock that is that wrong proves nothing of what was before; one that was set back has been there
            // before.
            dated = dated.observedUntil(Math.min(observed, ahead ? observedMicros : time - 1));
        }
        return dated.clampedTo(Math.max(ahead ? believed : time, observedMicros + 1));
    }

    private static long untilNow(CommitClocks wanted, long now) {
        return wanted.observedUntilMicros() == CommitClocks.ABSENT ? now - 1 : wanted.observedUntilMicros();
    }

    /**
     * The time that it is now: this machine's, or the store's where they are too far apart. A step counts as this machine's
     * mistake until they are compared. Where the store's time counts, the result is not later than it.
     */
    private long believed(long now) {
        long measured = nanos.getAsLong();
        long step = now - lastMicros - (measured - lastNanos) / 1000;
        lastMicros = now;
        lastNanos = measured;
        long suspended = suspendedMicros(now, measured);
        if (Math.abs(step) > STEP_MICROS_MIN) {
            step -= suspended;
        }
        if (Math.abs(step) > STEP_MICROS_MIN) {
            stepMicros += step;
            steppedAtComparison = role.comparisons();
            role.compareClocksSoon();
        } else if (stepMicros != 0 && role.comparisons() > steppedAtComparison) {
            stepMicros = 0;
        }
        StoreClock store = role.storeClock();
        warn(store.aheadMicros());
        boolean off = Math.abs(store.aheadMicros() - stepMicros) > AHEAD_MICROS_MAX;
        return off ? now + store.aheadMicrosMin() - stepMicros : now;
    }

    /**
     * For how long the machine was suspended since this was asked last. Also short times are taken, so that they do not add up to one that
     * would explain a step. A suspended machine's clock moves: where none did, it was not.
     */
    private long suspendedMicros(long now, long measured) {
        boolean moved = Math.abs(now - askedMicros) > SUSPENSION_MICROS_MIN
                || measured - askedNanos > 1000 * SUSPENSION_MICROS_MIN;
        if (!moved) {
            return 0;
        }
        askedMicros = now;
        askedNanos = measured;
        long before = lastSuspendedNanos;
        lastSuspendedNanos = suspendedNanos.getAsLong();
        return (lastSuspendedNanos - before) / 1000;
    }

    private void warn(long storeAheadMicros) {
        boolean behind = storeAheadMicros < -AHEAD_MICROS_MAX;
        if (behind && !warned) {
            machineAhead.accept(-storeAheadMicros);
        }
        warned = behind;
    }
}
