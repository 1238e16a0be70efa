package io.metawal.metadata.image;

import java.util.Iterator;

/** Entries sorted by key, to be closed by whoever asked for them. */
public interface EntryIterator extends Iterator<Entry>, AutoCloseable {
    @Override
    void close();

    static EntryIterator of(Iterable<Entry> entries) {
        Iterator<Entry> iterator = entries.iterator();
        return new EntryIterator() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public Entry next() {
                return iterator.next();
            }

            @Override
            public void close() {}
        };
    }
}
