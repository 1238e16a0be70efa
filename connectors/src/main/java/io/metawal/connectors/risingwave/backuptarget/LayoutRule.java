package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.sql.MigrationLevel;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which layout a snapshot gets. Rows of a SQL meta store are the columns of the release they were captured from, and only that minor
 * release reads them for certain. Messages of an etcd meta store are read by each release that has their kind.
 */
final class LayoutRule {
    private LayoutRule() {}

    static SnapshotLayout choose(@Nullable StoreModel store, @Nullable RwVersion asked, SnapshotParts parts) {
        if (store == null) {
            throw new UsageException(
                    "the image is not of a RisingWave meta store: it has no system.store entry. Only what"
                            + " was captured from RisingWave goes into a risingwave-backup");
        }
        requireKnown(store.version());
        requireKnown(asked);
        SnapshotLayout layout = store.formatVersion() == 1 ? etcd(asked) : sql(store.version(), asked);
        if (store.formatVersion() == 2 && parts.hasEtcdRows()) {
            throw new UsageException("the image says that it is of a SQL meta store, but holds rows of etcd");
        }
        requireMigrations(asked == null ? store.version() : asked, parts.migrations());
        requireNoStrangers(parts.strangers());
        for (Map.Entry<Space, RowSpool> rows : parts.rows().entrySet()) {
            requirePlace(layout, rows.getKey(), rows.getValue().count());
        }
        return layout;
    }

    private static SnapshotLayout etcd(@Nullable RwVersion asked) {
        return asked == null ? SnapshotLayout.ETCD_1_10 : SnapshotLayout.of(1, asked);
    }

    private static SnapshotLayout sql(@Nullable RwVersion captured, @Nullable RwVersion asked) {
        if (captured == null && asked == null) {
            throw new UsageException("the image does not say which RisingWave it was captured from: name it with"
                    + " --risingwave-version");
        }
        RwVersion version = asked == null ? java.util.Objects.requireNonNull(captured) : asked;
        SnapshotLayout layout = SnapshotLayout.of(2, version);
        if (captured != null && !version.sameMinor(captured)) {
            throw new UnsupportedFormatException("the rows were captured from RisingWave " + captured
                    + ", and have its columns: a snapshot of " + version + " could not be read by it. Restore as "
                    + captured + ", start that release on it, and upgrade from there");
        }
        return layout;
    }

    private static void requireKnown(@Nullable RwVersion version) {
        if (version != null && SnapshotLayout.isNewer(version)) {
            throw new UnsupportedFormatException(
                    "RisingWave " + version
                            + " is newer than the releases whose snapshots this metawal writes: up to "
                            + SnapshotLayout.KNOWN_UP_TO.major() + "." + SnapshotLayout.KNOWN_UP_TO.minor()
                            + ". Restore into a meta store of that release (--into risingwave+postgres://…), or use a newer metawal");
        }
    }

    /** A meta node does not start on a meta store with migrations that it does not have. */
    private static void requireMigrations(@Nullable RwVersion version, Set<String> migrations) {
        Set<String> unknown = MigrationLevel.unknown(migrations);
        if (!unknown.isEmpty()) {
            throw new UnsupportedFormatException("the image is of a newer RisingWave than this metawal knows (up to "
                    + SnapshotLayout.KNOWN_UP_TO.major() + "." + SnapshotLayout.KNOWN_UP_TO.minor()
                    + "): its meta store had run the migrations " + unknown
                    + ". What its snapshots hold is not known; restore into a meta store of that release"
                    + " (--into risingwave+postgres://…), or use a newer metawal");
        }
        Set<String> lacking = version == null ? Set.of() : MigrationLevel.lacking(version, migrations);
        if (!lacking.isEmpty()) {
            throw new UnsupportedFormatException("RisingWave " + version + " does not have the migrations " + lacking
                    + ", which the captured meta store had run: its meta node would not start on this snapshot. Name"
                    + " the release that was captured with --risingwave-version");
        }
    }

    private static void requireNoStrangers(Map<Space, Long> strangers) {
        if (!strangers.isEmpty()) {
            throw new UnsupportedFormatException("the image has rows of tables that no RisingWave known here has, and a"
                    + " snapshot of its own has no place for them: " + strangers
                    + ". If they are RisingWave's, a snapshot would lose them: restore into a meta store"
                    + " (--into risingwave+postgres://…), or use a newer metawal. If they are not, leave them out of"
                    + " the capture with --exclude-table");
        }
    }

    private static void requirePlace(SnapshotLayout layout, Space space, long count) {
        SqlModel table = SqlModel.ofSpace(space).orElse(null);
        RwModel model = RwModel.ofSpace(space).orElse(null);
        boolean holds = table != null && layout.holds(table) || model != null && layout.holds(model);
        if (count > 0 && !holds) {
            throw new UnsupportedFormatException("a snapshot in the " + layout + " has no section for " + space
                    + ", of which the image has " + count + " entries: name a newer --risingwave-version");
        }
    }
}
