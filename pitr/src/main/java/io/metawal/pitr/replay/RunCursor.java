package io.metawal.pitr.replay;

import java.util.Iterator;

/** A run's entries in key order. */
interface RunCursor extends Iterator<RunEntry>, AutoCloseable {
    @Override
    void close();
}
