package io.metawal.wal.chronicle;

import io.metawal.wal.Pending;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drafts that wait for the sequencer: bounded in bytes, taken all at once. Safe for several threads, of which one takes.
 *
 * <p>Who takes looks for a moment before it goes to sleep, since waking a sleeper costs the one who offers more than an append
 * does.
 */
final class Inbox {
    private static final int LOOKS = 1000;

    private final long bytesMax;
    private final Admission admission;
    private List<Pending> waiting = new ArrayList<>();
    private long waitingBytes;
    private long takenBytes;
    private boolean asleep;
    private int crowd;
    // Written under the lock; looked at without it.
    private volatile boolean nothing = true;
    private volatile @Nullable RuntimeException closed;

    /** Whether a draft may come in at all. */
    interface Admission {
        /**
         * Throws where it may not.
         *
         * @param flying bytes that came in and are not written yet
         */
        void check(long flying, int length);
    }

    Inbox(long bytesMax, Admission admission) {
        this.bytesMax = bytesMax;
        this.admission = admission;
    }

    /** Waits for room; a single draft larger than the bound passes when nothing else waits. */
    synchronized void put(Pending pending) throws InterruptedException {
        int length = pending.length();
        admission.check(waitingBytes + takenBytes, length);
        while (closed == null && waitingBytes > 0 && waitingBytes + length > bytesMax) {
            crowd++;
            wait();
            crowd--;
        }
        RuntimeException reason = closed;
        if (reason != null) {
            throw reason;
        }
        waiting.add(pending);
        waitingBytes += length;
        nothing = false;
        if (asleep) {
            asleep = false;
            notifyAll();
        }
    }

    /** Everything that waits, in order; waits for the first. Empty only when closed. What was taken before counts as written. */
    List<Pending> take() throws InterruptedException {
        written();
        for (int n = 0; n < LOOKS && nothing && closed == null; n++) {
            Thread.onSpinWait();
        }
        return takeNow();
    }

    private synchronized void written() {
        takenBytes = 0;
    }

    private synchronized List<Pending> takeNow() throws InterruptedException {
        while (waiting.isEmpty() && closed == null) {
            asleep = true;
            wait();
        }
        List<Pending> taken = waiting;
        waiting = new ArrayList<>(taken.size());
        takenBytes = waitingBytes;
        waitingBytes = 0;
        nothing = true;
        if (crowd > 0) {
            notifyAll();
        }
        return taken;
    }

    /** Nothing more is taken in; what waits is still handed out. */
    synchronized void close(RuntimeException reason) {
        if (closed == null) {
            closed = reason;
        }
        notifyAll();
    }
}
