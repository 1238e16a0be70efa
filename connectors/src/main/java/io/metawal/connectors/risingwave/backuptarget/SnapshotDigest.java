package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.backup.SnapshotEntries;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;

/**
 * What a snapshot comes apart into.
 *
 * @param rows of all entries but those of the Hummock version, and those that stand in no section
 * @param version of the Hummock version's entries
 */
record SnapshotDigest(Digest rows, Digest version) {
    static SnapshotDigest of(SnapshotFile file) {
        Sum sum = new Sum();
        var unused = SnapshotEntries.split(file, null, sum::add);
        return new SnapshotDigest(sum.rows, sum.version);
    }

    private static final class Sum {
        private Digest rows = Digest.EMPTY;
        private Digest version = Digest.EMPTY;

        private void add(Entry entry) {
            if (SnapshotParts.isOfVersion(entry.entryKey().space())) {
                version = version.plus(Digest.of(entry));
            } else if (!entry.entryKey().equals(RwSpaces.STORE)
                    && !entry.entryKey().space().equals(RwSpaces.ID_AUTO_INCREMENT)) {
                rows = rows.plus(Digest.of(entry));
            }
        }
    }
}
