package io.metawal.connectors.databend;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import org.jspecify.annotations.Nullable;

/** What takes one image to another, both in the order of their keys; but for the last log entry's text. */
final class ImageDiff {
    private ImageDiff() {}

    static void run(ImageView wanted, ImageView present, StateDiff.Differences differences)
            throws InterruptedException {
        try (EntryIterator there = wanted.entries();
                EntryIterator here = present.entries()) {
            Entry a = next(there);
            Entry b = next(here);
            while (a != null || b != null) {
                int order = a == null ? 1 : b == null ? -1 : a.entryKey().compareTo(b.entryKey());
                if (a != null && order <= 0) {
                    if (order < 0 || !a.equals(b)) {
                        differences.put(a, order < 0 ? null : b);
                    }
                } else if (b != null) {
                    differences.delete(b);
                }
                a = order <= 0 ? next(there) : a;
                b = order >= 0 ? next(here) : b;
            }
        }
    }

    private static @Nullable Entry next(EntryIterator entries) {
        while (entries.hasNext()) {
            Entry entry = entries.next();
            if (!entry.entryKey().equals(DatabendSpaces.LAST_LOG_ENTRY)) {
                return entry;
            }
        }
        return null;
    }
}
