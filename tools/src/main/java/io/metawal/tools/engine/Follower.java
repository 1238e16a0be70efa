package io.metawal.tools.engine;

import io.metawal.wal.archive.Archiver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** The thread that drives the archiver: steps while there is something to do, and waits a little where there is not. */
final class Follower implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000L;
    private static final long STORE_PAUSE_NANOS = 200_000_000L;

    private final Archiver archiver;
    private final ArchiveState state;
    private final Thread thread;
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private volatile boolean stopping;

    Follower(Archiver archiver, ArchiveState state) {
        this.archiver = archiver;
        this.state = state;
        this.thread = new Thread(this::run, "metawal-archiver");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                int taken = archiver.step();
                if (taken == 0) {
                    LockSupport.parkNanos(state.failing() ? STORE_PAUSE_NANOS : PAUSE_NANOS);
                }
            }
        } catch (RuntimeException | Error e) {
            failed.completeExceptionally(e);
        }
    }

    /** Completes, exceptionally, when the archiver cannot go on. */
    CompletableFuture<Void> failed() {
        return failed;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
