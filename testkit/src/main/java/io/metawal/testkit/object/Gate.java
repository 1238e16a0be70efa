package io.metawal.testkit.object;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** Where calls hang until they are released. */
final class Gate {
    private int waiting;
    private int released;

    synchronized void pass(StoreCall call) {
        int mine = released;
        waiting++;
        notifyAll();
        try {
            while (mine == released) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, call + " was interrupted", e);
        } finally {
            waiting--;
        }
    }

    /** Returns once a call hangs here. */
    synchronized void awaitWaiting() throws InterruptedException {
        while (waiting == 0) {
            wait();
        }
    }

    /** Lets all go on that hang now. */
    synchronized void release() {
        released++;
        notifyAll();
    }
}
