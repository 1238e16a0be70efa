package io.metawal.metadata.image;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import org.jspecify.annotations.Nullable;

/** An image as it stands at one commit: it stays so while the image goes on. Safe for several threads; to be closed. */
public interface ImageView extends AutoCloseable {
    Provenance provenance();

    @Nullable
    Entry find(EntryKey key);

    /** All entries in the order of their keys. */
    EntryIterator entries();

    /** Those of one space, in the order of their keys; where the image can find them, at the cost of these alone. */
    default EntryIterator entries(Space space) {
        return new SpaceEntries(entries(), space);
    }

    /** Those of one space whose keys are not before {@code first}'s, in order; where the image can find it, without reading the others. */
    default EntryIterator entriesFrom(EntryKey first) {
        return new EntriesFrom(entries(first.space()), first);
    }

    @Override
    void close();
}
