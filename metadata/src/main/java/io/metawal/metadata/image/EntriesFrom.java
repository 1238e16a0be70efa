package io.metawal.metadata.image;

import io.metawal.metadata.commit.EntryKey;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Sorted entries without those before a key. For one thread. */
final class EntriesFrom implements EntryIterator {
    private final EntryIterator sorted;
    private @Nullable Entry next;

    EntriesFrom(EntryIterator sorted, EntryKey first) {
        this.sorted = sorted;
        advance();
        while (next != null && next.entryKey().compareTo(first) < 0) {
            advance();
        }
    }

    private void advance() {
        next = sorted.hasNext() ? sorted.next() : null;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Entry next() {
        Entry entry = next;
        if (entry == null) {
            throw new NoSuchElementException("no further entry");
        }
        advance();
        return entry;
    }

    @Override
    public void close() {
        sorted.close();
    }
}
