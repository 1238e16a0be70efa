package io.metawal.connectors.capture;

import io.metawal.metadata.image.Entry;
import org.jspecify.annotations.Nullable;

/** Entries in the order of their keys, as they come over the wire. */
public interface EntrySource {
    /** The next entry; null at the end. */
    @Nullable
    Entry next() throws InterruptedException;
}
