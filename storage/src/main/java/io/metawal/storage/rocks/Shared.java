package io.metawal.storage.rocks;

/**
 * Something native with several users, closed when the last one lets go: a call on what is closed already would not throw
 * but end the process.
 */
final class Shared {
    private final Runnable close;
    private int users = 1;

    Shared(Runnable close) {
        this.close = close;
    }

    synchronized void retain() {
        if (users == 0) {
            throw new IllegalStateException("this image or view of it was closed already");
        }
        users++;
    }

    synchronized void release() {
        if (--users == 0) {
            close.run();
        }
    }
}
