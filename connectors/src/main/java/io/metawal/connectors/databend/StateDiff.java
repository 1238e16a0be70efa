package io.metawal.connectors.databend;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import org.jspecify.annotations.Nullable;

/**
 * What takes an image to an export's state. The export is sorted by key and the image by space, so that each key of the export is looked up;
 * the image is gone through only where it has keys that the export has not.
 */
final class StateDiff {
    private final ExportReader reader;
    private final ExportCheck check;

    /** Is told the differences, and, between them, nothing of what is equal. */
    interface Differences {
        /** Every entry of the export, different or not. */
        default void wanted(Entry entry) throws InterruptedException {}

        void put(Entry wanted, @Nullable Entry present) throws InterruptedException;

        void delete(Entry present) throws InterruptedException;
    }

    StateDiff(ExportReader reader, ExportCheck check) {
        this.reader = reader;
        this.check = check;
    }

    void run(ImageView view, Differences differences) throws InterruptedException {
        long present = view.provenance().digest().count() - (view.find(DatabendSpaces.LAST_LOG_ENTRY) == null ? 0 : 1);
        long[] matched = {0};
        StateEntries.read(reader, check, wanted -> {
            differences.wanted(wanted);
            Entry found = present == 0 ? null : view.find(wanted.entryKey());
            matched[0] += found == null ? 0 : 1;
            if (!wanted.equals(found)) {
                differences.put(wanted, found);
            }
        });
        if (matched[0] < present) {
            deletes(view, present - matched[0], differences);
        }
    }

    private void deletes(ImageView view, long expected, Differences differences) throws InterruptedException {
        KeySet wanted = new KeySet();
        StateEntries.read(reader, check, entry -> wanted.add(entry.entryKey()));
        long deleted = 0;
        try (EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                EntryKey key = entry.entryKey();
                if (!key.equals(DatabendSpaces.LAST_LOG_ENTRY) && !wanted.contains(key)) {
                    differences.delete(entry);
                    deleted++;
                }
            }
        }
        if (deleted != expected) {
            throw new MismatchException("comparing the image with " + reader.file() + ": " + expected
                    + " keys should be gone, found " + deleted + ". Import the file into a new repository");
        }
    }
}
