package io.metawal.connectors.capture;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Sorted entries up to the first one that lies outside. For one thread. */
public final class BoundedEntries implements EntryIterator {
    private final EntryIterator sorted;
    private final Predicate<Entry> inside;
    private @Nullable Entry next;

    public BoundedEntries(EntryIterator sorted, Predicate<Entry> inside) {
        this.sorted = sorted;
        this.inside = inside;
        advance();
    }

    private void advance() {
        Entry entry = sorted.hasNext() ? sorted.next() : null;
        next = entry != null && inside.test(entry) ? entry : null;
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
