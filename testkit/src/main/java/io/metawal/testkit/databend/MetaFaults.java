package io.metawal.testkit.databend;

import java.util.concurrent.atomic.AtomicInteger;

/** What a node was told to do wrong, or not to know. For several threads. */
final class MetaFaults {
    static final long NO_LAG = Long.MAX_VALUE;

    /** The index that the node does not come past. */
    volatile long lagAt = NO_LAG;

    volatile boolean watchTwice;
    volatile boolean watchSilent;
    volatile boolean old;

    /** Messages of the next export until it breaks; negative for one that does not. */
    private final AtomicInteger exportMessages = new AtomicInteger(-1);

    void cutExportAfter(int messages) {
        exportMessages.set(messages);
    }

    int takeExportCut() {
        return exportMessages.getAndSet(-1);
    }
}
