package io.metawal.testkit.databend;

import java.util.concurrent.atomic.AtomicInteger;

/** What a node was told to do wrong, or not to know. For several threads. */
final class MetaFaults {
    static final long NO_LAG = Long.MAX_VALUE;

    /** The index that the node does not come past. */
    volatile long lagAt = NO_LAG;

    volatile boolean old;

    /** Messages of the next export until it breaks; negative for one that does not. */
    private final AtomicInteger exportMessages = new AtomicInteger(-1);

    private final AtomicInteger answersToLose = new AtomicInteger();

    void loseAnswers(int count) {
        answersToLose.set(count);
    }

    boolean takeLoss() {
        return answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    void cutExportAfter(int messages) {
        exportMessages.set(messages);
    }

    int takeExportCut() {
        return exportMessages.getAndSet(-1);
    }
}
