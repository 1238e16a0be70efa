package io.metawal.connectors.net;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits longer from attempt to attempt, up to 64 times the first wait, and not at all once ended. */
public final class Backoff {
    /** Up to 3.2 s. */
    private static final long FIRST_MILLIS = 50;

    private static final int DOUBLINGS_MAX = 6;

    private final long firstMillis;
    private final CountDownLatch ended = new CountDownLatch(1);

    public Backoff() {
        this(FIRST_MILLIS);
    }

    public Backoff(long firstMillis) {
        this.firstMillis = firstMillis;
    }

    /** Whether to try again; {@code attempt} counts from 1. */
    public boolean pause(int attempt) throws InterruptedException {
        long millis = firstMillis << Math.min(attempt - 1, DOUBLINGS_MAX);
        return !ended.await(millis, TimeUnit.MILLISECONDS);
    }

    public void end() {
        ended.countDown();
    }
}
