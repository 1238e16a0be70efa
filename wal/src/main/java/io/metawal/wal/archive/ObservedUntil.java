package io.metawal.wal.archive;

import org.jspecify.annotations.Nullable;

/**
 * How far the source is known to be quiet: an observation counts only when the commits before it are archived. One waits at a
 * time, so that a busy source cannot push it ahead for ever. Safe for several threads.
 */
final class ObservedUntil {
    private Observation counted;
    private @Nullable Observation waiting;

    ObservedUntil(Observation counted) {
        this.counted = counted;
    }

    synchronized void observe(Observation observation) {
        Observation before = waiting;
        if (before == null) {
            waiting = observation;
        } else if (before.seq() == observation.seq()) {
            waiting = later(before, observation);
        }
    }

    /** What counts once everything up to {@code seq} is archived, which proves by itself what was up to this epoch and time. */
    synchronized Observation archived(long seq, long epoch, long timeMicros) {
        Observation candidate = waiting;
        if (candidate != null && candidate.seq() <= seq) {
            counted = later(counted, candidate);
            waiting = null;
        }
        counted = later(counted, new Observation(seq, epoch, timeMicros));
        return counted;
    }

    private static Observation later(Observation one, Observation other) {
        return new Observation(
                Math.max(one.seq(), other.seq()),
                Math.max(one.epoch(), other.epoch()),
                Math.max(one.timeMicros(), other.timeMicros()));
    }
}
