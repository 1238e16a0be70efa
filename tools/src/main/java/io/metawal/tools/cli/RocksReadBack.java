package io.metawal.tools.cli;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.storage.rocks.RocksImage;
import java.nio.file.Path;

/**
 * Opens a restored RocksDB as its user will, and compares all that it holds with what was given. Ends early where the process ends: the
 * database is in native memory, and its files are about to be deleted.
 */
final class RocksReadBack {
    private static final int ENTRIES_A_LOOK = 1024;

    private RocksReadBack() {}

    static void compare(Path directory, RestorePoint expected, Digest given) {
        try (RocksImage image = RocksImage.open(directory)) {
            image.verify();
            refuseInterrupted(directory);
            compare(directory, image, expected, given);
        } catch (CorruptException | UnsupportedFormatException | UnreachableException e) {
            throw new MismatchException(
                    directory + " cannot be read back as it was written: " + e.text() + ". Nothing was published", e);
        }
    }

    private static void compare(Path directory, RocksImage image, RestorePoint expected, Digest given) {
        Digest found = Digest.EMPTY;
        try (ImageView view = image.view();
                EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                found = found.plus(Digest.of(entries.next()));
                if (found.count() % ENTRIES_A_LOOK == 0) {
                    refuseInterrupted(directory);
                }
            }
            if (!view.provenance().equals(expected.provenance()) || !found.equals(given)) {
                throw new MismatchException(directory + " does not hold what was loaded into it: expected "
                        + expected.provenance() + " and digest " + given + ", found " + view.provenance()
                        + " and digest " + found + ". Nothing was published");
            }
        }
    }

    private static void refuseInterrupted(Path directory) {
        if (Thread.currentThread().isInterrupted()) {
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while reading back " + directory);
        }
    }
}
