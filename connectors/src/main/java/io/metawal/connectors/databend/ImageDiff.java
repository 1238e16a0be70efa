package io.metawal.connectors.databend;

import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.Objects;

/** What takes one image, in which no log entry's text is kept, to another; but for the last log entry's text. */
final class ImageDiff {
    private ImageDiff() {}

    static void run(ImageView wanted, ImageView present, StateDiff.Differences differences)
            throws InterruptedException {
        try (EntryIterator there = wanted.entries();
                EntryIterator here = present.entries()) {
            EntryDiff diff =
                    new EntryDiff(EntrySource.of(there), here, key -> !key.equals(DatabendSpaces.LAST_LOG_ENTRY));
            for (Change change = diff.next(); change != null; change = diff.next()) {
                if (change.op() == Op.DELETE) {
                    differences.delete(Objects.requireNonNull(diff.replaced()));
                } else {
                    differences.put(Entry.of(change), diff.replaced());
                }
            }
        }
    }
}
