package io.metawal.storage.s3;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Spreads requests out so that there are no more than so many in a second. Safe for several threads. */
final class RequestRate {
    private static final long SECOND = 1_000_000_000L;

    private final long gapNanos;
    private final LongSupplier nanos;
    private long next;

    /** @param perSecondMax 0 for no bound */
    RequestRate(int perSecondMax, LongSupplier nanos) {
        this.gapNanos = perSecondMax == 0 ? 0 : SECOND / perSecondMax;
        this.nanos = nanos;
        this.next = nanos.getAsLong();
    }

    /** Waits for its turn. */
    void pass() {
        if (gapNanos == 0) {
            return;
        }
        long wait = turn();
        while (wait > 0 && !Thread.currentThread().isInterrupted()) {
            long before = nanos.getAsLong();
            LockSupport.parkNanos(wait);
            wait -= nanos.getAsLong() - before;
        }
    }

    /** How long to wait for the turn that is taken here. */
    synchronized long turn() {
        long now = nanos.getAsLong();
        long mine = Math.max(next, now);
        next = mine + gapNanos;
        return mine - now;
    }
}
