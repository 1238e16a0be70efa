package io.metawal.wal.kafka;

import io.metawal.wal.Pending;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Drafts that wait for the sequencer: bounded in bytes, taken in groups. Safe for several threads. */
final class Inbox {
    private final long bytesMax;
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean nudged;
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
        notifyAll();
    }

    /** What waits, in order, up to a bound but at least one; waits for it. Empty when nudged, or closed and empty. */
    synchronized List<Pending> take(long groupBytesMax) throws InterruptedException {
        while (waiting.isEmpty() && closed == null && !nudged) {
            wait();
        }
        nudged = false;
        List<Pending> taken = new ArrayList<>();
        long takenBytes = 0;
        for (Pending next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!taken.isEmpty() && takenBytes + next.length() > groupBytesMax) {
                break;
            }
            taken.add(waiting.remove());
            takenBytes += next.length();
        }
        bytes -= takenBytes;
        notifyAll();
        return taken;
    }

    /** There is something else to do than to write. */
    synchronized void nudge() {
        nudged = true;
        notifyAll();
    }

    /** Nothing more is taken in; what waits is still handed out. */
    synchronized void close(RuntimeException reason) {
        if (closed == null) {
            closed = reason;
        }
        notifyAll();
    }

    synchronized boolean closed() {
        return closed != null;
    }
}
