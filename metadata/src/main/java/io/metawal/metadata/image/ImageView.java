package io.metawal.metadata.image;

import io.metawal.metadata.commit.EntryKey;
import org.jspecify.annotations.Nullable;

/** An image as it stands at one commit: it stays so while the image goes on. Safe for several threads; to be closed. */
public interface ImageView extends AutoCloseable {
    Provenance provenance();

    @Nullable
    Entry find(EntryKey key);

    /** All entries in the order of their keys. */
    EntryIterator entries();

    @Override
    void close();
}
