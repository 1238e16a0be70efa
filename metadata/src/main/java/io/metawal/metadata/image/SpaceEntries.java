package io.metawal.metadata.image;

import io.metawal.metadata.commit.Space;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Of sorted entries those of one space: the ones before it are passed over, and the first behind it is the end. For one thread. */
public final class SpaceEntries implements EntryIterator {
    private final EntryIterator sorted;
    private final Space space;
    private @Nullable Entry next;

    /** @param sorted from the space's first entry on, or from anywhere before; closed with this */
    public SpaceEntries(EntryIterator sorted, Space space) {
        this.sorted = sorted;
        this.space = space;
        advance();
    }

    private void advance() {
        next = null;
        while (sorted.hasNext()) {
            Entry entry = sorted.next();
            int order = entry.entryKey().space().compareTo(space);
            if (order >= 0) {
                next = order == 0 ? entry : null;
                return;
            }
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Entry next() {
        Entry entry = next;
        if (entry == null) {
            throw new NoSuchElementException("the space " + space + " has no further entry");
        }
        advance();
        return entry;
    }

    @Override
    public void close() {
        sorted.close();
    }
}
