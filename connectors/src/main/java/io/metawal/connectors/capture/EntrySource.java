package io.metawal.connectors.capture;

import io.metawal.metadata.image.Entry;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Entries in the order of their keys, as they come over the wire. */
public interface EntrySource {
    /** The next entry; null at the end. */
    @Nullable
    Entry next() throws InterruptedException;

    /** These, one after another. */
    static EntrySource of(Iterator<Entry> entries) {
        return () -> entries.hasNext() ? entries.next() : null;
    }
}
