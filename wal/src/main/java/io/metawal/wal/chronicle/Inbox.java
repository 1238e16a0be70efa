package io.metawal.wal.chronicle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Drafts that wait for the sequencer: bounded in bytes, taken all at once. Safe for several threads. */
final class Inbox {
    private final long bytesMax;
    private List<Pending> waiting = new ArrayList<>();
    private long bytes;
    private @Nullable RuntimeException closed;

    Inbox(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Waits for room; a single draft larger than the bound passes when nothing else waits. */
    synchronized void put(Pending pending) throws InterruptedException {
        while (closed == null && bytes > 0 && bytes + pending.length() > bytesMax) {
            wait();
        }
        RuntimeException reason = closed;
        if (reason != null) {
            throw reason;
        }
        waiting.add(pending);
        bytes += pending.length();
        if (waiting.size() == 1) {
            notifyAll();
        }
    }

    /** Everything that waits, in order; waits for the first. Empty only when closed. */
    synchronized List<Pending> take() throws InterruptedException {
        while (waiting.isEmpty() && closed == null) {
            wait();
        }
        List<Pending> taken = waiting;
        waiting = new ArrayList<>();
        bytes = 0;
        notifyAll();
        return taken;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Nothing more is taken in; what waits is still handed out. */
    synchronized void close(RuntimeException reason) {
        if (closed == null) {
            closed = reason;
        }
        notifyAll();
    }
}
