package io.metawal.connectors.risingwave.backup;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What takes an image to the entries that are wanted: a merge of two sorted sequences, in memory for one entry of each. */
final class ImageDiff {
    private final EntryIterator wanted;
    private final EntryIterator present;
    private @Nullable Entry there;
    private @Nullable Entry here;

    ImageDiff(EntryIterator wanted, EntryIterator present) {
        this.wanted = wanted;
        this.present = present;
        there = next(wanted);
        here = next(present);
    }

    /** The next change to make, in key order; null where there is no more. */
    @Nullable
    Change next() {
        while (there != null || here != null) {
            Entry want = there;
            Entry have = here;
            int order = want == null ? 1 : have == null ? -1 : want.entryKey().compareTo(have.entryKey());
            if (order <= 0) {
                there = next(wanted);
            }
            if (order >= 0) {
                here = next(present);
            }
            if (want == null || order > 0) {
                return Change.delete(Objects.requireNonNull(have).entryKey());
            }
            if (!want.equals(have)) {
                return Change.put(want.entryKey(), want.value(), want.meta());
            }
        }
        return null;
    }

    private static @Nullable Entry next(EntryIterator entries) {
        return entries.hasNext() ? entries.next() : null;
    }
}
