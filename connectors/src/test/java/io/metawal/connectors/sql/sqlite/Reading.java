package io.metawal.connectors.sql.sqlite;

import io.metawal.connectors.etcd.FoldingSink;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A capture that runs in a thread of its own until it is closed. */
final class Reading implements AutoCloseable {
    private static final long WAIT_MILLIS_MAX = 60_000;

    private final Thread thread;
    private volatile @Nullable Throwable failure;

    Reading(SqliteSource source, FoldingSink sink) {
        thread = new Thread(() -> source.capture(sink.resumeAt(), sink), "sqlite");
        thread.setUncaughtExceptionHandler((which, thrown) -> failure = thrown);
        thread.start();
    }

    /** What it ended with by itself. */
    Throwable ended() throws InterruptedException {
        thread.join(WAIT_MILLIS_MAX);
        Throwable thrown = failure;
        if (thrown == null) {
            throw new AssertionError("the capture goes on");
        }
        return thrown;
    }

    boolean running() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.MINUTES.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof AssertionError error) {
            throw error;
        }
    }
}
