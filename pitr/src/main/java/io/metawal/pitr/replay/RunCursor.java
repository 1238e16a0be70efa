package io.metawal.pitr.replay;

import java.util.Iterator;
import java.util.List;

/** A run's entries in key order. */
interface RunCursor extends Iterator<RunEntry>, AutoCloseable {
    @Override
    void close();

    static RunCursor of(List<RunEntry> sorted) {
        Iterator<RunEntry> iterator = sorted.iterator();
        return new RunCursor() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public RunEntry next() {
                return iterator.next();
            }

            @Override
            public void close() {}
        };
    }
}
