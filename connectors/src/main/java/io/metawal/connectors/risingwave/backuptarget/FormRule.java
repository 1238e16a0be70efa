package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.BackupFolder;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.snapshot.Manifest;
import io.metawal.connectors.risingwave.snapshot.ManifestEntry;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.connectors.risingwave.sql.MigrationLevel;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the form of the Hummock version. Builds of v2.8 read one form alone, and call themselves alike: the option decides, then
 * what the cluster of that directory wrote last, then what the image came from, then its migrations.
 */
final class FormRule {
    private final BackupFolder folder;
    private final Manifest manifest;

    FormRule(BackupFolder folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    VersionForm choose(
            SnapshotLayout layout, @Nullable VersionForm asked, @Nullable StoreModel store, Set<String> migrations) {
        if (asked != null && !layout.versionForms().contains(asked)) {
            throw new UnsupportedFormatException("a snapshot in the " + layout + " holds the Hummock version as "
                    + layout.versionForms().get(0).word() + " alone: leave --version-form out");
        }
        if (layout.versionForms().size() == 1) {
            return layout.versionForms().get(0);
        }
        if (asked != null) {
            return asked;
        }
        VersionForm written = newest(layout);
        if (written != null) {
            return written;
        }
        VersionForm captured = store == null ? null : store.form();
        if (captured != null) {
            return captured;
        }
        return MigrationLevel.afterTagsOf28(migrations) ? VersionForm.PROTOBUF : VersionForm.JSON;
    }

    /** Of the newest snapshot in the directory; null where that has another layout, or is not there. */
    private @Nullable VersionForm newest(SnapshotLayout layout) {
        ManifestEntry newest = manifest.snapshots().stream()
                .max(Comparator.comparing(ManifestEntry::id, Long::compareUnsigned))
                .orElse(null);
        RwVersion by = newest == null ? null : newest.version();
        if (newest == null || by == null || newest.formatVersion() != 2 || SnapshotLayout.of(2, by) != layout) {
            return null;
        }
        try {
            return folder.versionForm(newest);
        } catch (ObjectNotFoundException gone) {
            return null;
        }
    }
}
