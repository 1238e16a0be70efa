package io.metawal.wal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drafts that wait for the sequencer: bounded in bytes, taken in groups. Safe for several threads, of which one takes.
 *
 * <p>Who takes looks for a moment before it goes to sleep, since waking a sleeper costs the one who offers more than an append
 * does.
 */
public final class Inbox {
    private static final int LOOKS = 1000;

    private final long bytesMax;
    private final Admission admission;
    private List<Pending> waiting = new ArrayList<>();
    private long waitingBytes;
    private long takenBytes;
    private boolean asleep;
    private boolean nudged;
    private int crowd;
    // Written under the lock; looked at without it.
    private volatile boolean nothing = true;
    private volatile @Nullable RuntimeException closed;

    /** Whether a draft may come in at all. */
    public interface Admission {
        /**
         * Throws where it may not.
         *
         * @param flying bytes that came in and are not written yet
         */
        void check(long flying, int length);
    }

    public Inbox(long bytesMax, Admission admission) {
        this.bytesMax = bytesMax;
        this.admission = admission;
    }

    /** Waits for room; a single draft larger than the bound passes when nothing else waits. */
    public synchronized void put(Pending pending) throws InterruptedException {
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
        wake();
    }

    private void wake() {
        nothing = false;
        if (asleep) {
            asleep = false;
            notifyAll();
        }
    }

    /**
     * What waits, in order, up to a bound but at least one; waits for it. Empty only when nudged, or closed and empty. What was
     * taken before counts as written.
     */
    public List<Pending> take(long groupBytesMax) throws InterruptedException {
        written();
        for (int n = 0; n < LOOKS && nothing && closed == null; n++) {
            Thread.onSpinWait();
        }
        return takeNow(groupBytesMax);
    }

    private synchronized void written() {
        takenBytes = 0;
    }

    private synchronized List<Pending> takeNow(long groupBytesMax) throws InterruptedException {
        while (waiting.isEmpty() && closed == null && !nudged) {
            asleep = true;
            wait();
        }
        nudged = false;
        List<Pending> taken = waiting;
        if (waitingBytes <= groupBytesMax) {
            waiting = new ArrayList<>(taken.size());
            takenBytes = waitingBytes;
        } else {
            int count = 0;
            while (count == 0
                    || count < taken.size() && takenBytes + taken.get(count).length() <= groupBytesMax) {
                takenBytes += taken.get(count++).length();
            }
            waiting = new ArrayList<>(taken.subList(count, taken.size()));
            taken = new ArrayList<>(taken.subList(0, count));
        }
        waitingBytes -= takenBytes;
        nothing = waiting.isEmpty();
        if (crowd > 0) {
            notifyAll();
        }
        return taken;
    }

    /** Nothing more is taken in; what waits is still handed out. */
    public synchronized void close(RuntimeException reason) {
        if (closed == null) {
            closed = reason;
        }
        notifyAll();
    }

    public boolean closed() {
        return closed != null;
    }

    /** There is something else to do than to write. */
    public synchronized void nudge() {
        nudged = true;
        wake();
    }

    /** Nothing more is taken in, and neither what was taken nor what waits will be written. */
    public void fail(List<Pending> taken, RuntimeException failure) {
        close(failure);
        List<Pending> given = new ArrayList<>(taken);
        synchronized (this) {
            given.addAll(waiting);
            waiting = new ArrayList<>();
            waitingBytes = 0;
            nothing = true;
        }
        given.forEach(pending -> pending.future().completeExceptionally(failure));
    }
}
