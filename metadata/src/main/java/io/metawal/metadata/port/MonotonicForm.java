package io.metawal.metadata.port;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;

/**
 * How far values of some MONOTONIC keys have come, where that is a part of them, or not a number (I7). Implementations are found by {@code
 * ServiceLoader}, have no state, and take any bytes: values that they cannot read stay as they are.
 */
public interface MonotonicForm {
    /** Whether it is about this key. */
    boolean fits(EntryKey key);

    /** What is known after both of two entries of one key; only ever given back to this form. */
    Entry known(Entry earlier, Entry later);

    /**
     * The entry of a point as a target gets it: as far on as is known; all else that is in it stays.
     *
     * @param known of one entry, or what {@link #known} gave for several
     */
    Entry forward(Entry point, Entry known);

    /** The entry, so many steps further. */
    Entry plus(Entry entry, long margin);

    /** What becomes of a key that came into being after the point of a restore. */
    Later later(EntryKey key);

    /** Of a key that the point does not have. */
    enum Later {
        /** It is written all the same: what it protects outlasts the point. */
        WRITTEN,
        /** It is of something that the point does not have. */
        LEFT_OUT
    }
}
