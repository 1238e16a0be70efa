package io.metawal.connectors.net;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits longer from attempt to attempt, up to 3.2 s, and not at all once ended. */
public final class Backoff {
    private static final long FIRST_MILLIS = 50;
    private static final int DOUBLINGS_MAX = 6;

    private final CountDownLatch ended = new CountDownLatch(1);

    /** Whether to try again; {@code attempt} counts from 1. */
    public boolean pause(int attempt) throws InterruptedException {
        long millis = FIRST_MILLIS << Math.min(attempt - 1, DOUBLINGS_MAX);
        return !ended.await(millis, TimeUnit.MILLISECONDS);
    }

    public void end() {
        ended.countDown();
    }
}
