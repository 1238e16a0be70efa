package io.metawal.pitr.restore;

import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.Leader;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from the heads that a living writer writes that what it had acknowledged when the look began is archived. The first new head
 * says how far that was, and it, or one after it, that the archive has come so far. A writer that never rests gets there too. For one
 * thread.
 */
public final class ArchiveWatch {
    private final Leader first;
    private @Nullable Long acknowledged;

    /** @param first the writer and its head when the look began */
    public ArchiveWatch(Leader first) {
        this.first = first;
    }

    /** Whether it is archived by now. A writer that took over since says nothing of the one before it. */
    public boolean archived(Leader now) {
        Head head = now.head();
        if (head == null || now.term() != first.term()) {
            return false;
        }
        if (head.released()) {
            return true;
        }
        Head old = first.head();
        if (old != null && old.writtenMicros() == head.writtenMicros()) {
            return false;
        }
        if (acknowledged == null) {
            acknowledged = head.acknowledgedSeq();
        }
        return acknowledged != null && acknowledged <= head.at().seq();
    }
}
