package io.metawal.connectors.risingwave.backuptarget;

import com.google.protobuf.ByteString;
import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.backup.SystemParamEntries;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.sql.RwSqlStore;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An image's entries, sorted into what becomes the sections of a snapshot. Rows go to files; the Hummock version stays in memory. */
final class SnapshotParts {
    private static final Set<String> VERSION_SPACES = Set.of(
            "hummock.version",
            "hummock.group",
            "hummock.level",
            "hummock.sublevel",
            "hummock.sst",
            "hummock.table",
            "hummock.watermark",
            "hummock.changelog",
            "hummock.vector",
            "hummock.vectorfile");

    private final Scratch scratch;
    private final Map<Space, RowSpool> rows = new TreeMap<>();
    private final Map<Space, Long> ephemeral = new TreeMap<>();
    private final Map<Space, Long> neverTaken = new TreeMap<>();
    private final Map<Space, Long> placeless = new TreeMap<>();
    private final Map<Space, Long> strangers = new TreeMap<>();
    private final Set<String> migrations = new TreeSet<>();
    private final Map<ByteString, ByteString> defaults = new LinkedHashMap<>();
    private final Map<ByteString, ByteString> parameters = new LinkedHashMap<>();
    private final Map<String, String> autoIncrements = new TreeMap<>();
    private final Map<String, Long> largestIds = new TreeMap<>();
    private final ObjectIds changeLogObjects = new ObjectIds();
    private @Nullable VersionAssembler version = new VersionAssembler();
    private @Nullable Entry backupIds;
    private @Nullable Entry objectIds;
    private @Nullable StoreModel store;
    private ByteString unknownParameters = ByteString.EMPTY;
    private ByteString clusterId = ByteString.EMPTY;
    private ByteString tail = ByteString.EMPTY;
    private Digest digest = Digest.EMPTY;
    private long count;

    SnapshotParts(Scratch scratch) {
        this.scratch = scratch;
    }

    static boolean isOfVersion(Space space) {
        return VERSION_SPACES.contains(space.name());
    }

    void add(Entry entry) throws IOException {
        EntryKey key = entry.entryKey();
        Space space = key.space();
        if (space.equals(RwSpaces.UNAPPLIED)) {
            throw new GapException("the Hummock version is not known at this point: delta "
                    + key.key().toStringUtf8() + " did not fit the version before it, and no base was taken since."
                    + " Restore to a point before it, or after it was known again: info lists both as gaps");
        }
        if (key.equals(RwSpaces.VERSION_STALE)) {
            throw new GapException("the Hummock version is not known at this point: "
                    + entry.value().toStringUtf8()
                    + ". Restore to a point before it, or after it was known again: info lists both as gaps");
        }
        if (isOfVersion(space) && version != null) {
            version.add(entry);
            count++;
        } else if (Counters.isBackupId(key)) {
            backupIds = entry;
        } else if (Counters.isObjectId(key)) {
            objectIds = entry;
        } else if (key.equals(RwSpaces.STORE)) {
            store = StoreModel.parse(entry.value());
            if (RwSqlStore.parse(entry.value()).filter(RwSqlStore::captured).isPresent()) {
                throw new UsageException("the image holds rows as they were captured, which are no rows of a snapshot:"
                        + " they are to be converted before they come here");
            }
        } else if (space.equals(RwSpaces.ID_AUTO_INCREMENT)) {
            autoIncrements.put(key.key().toStringUtf8(), entry.value().toStringUtf8());
        } else if (!space.equals(RwModel.VERSION_DELTA.space()) && !space.equals(RwSpaces.STORE.space())) {
            section(entry);
        }
    }

    private void section(Entry entry) throws IOException {
        EntryKey key = entry.entryKey();
        Space space = key.space();
        SqlModel table = SqlModel.ofSpace(space).orElse(null);
        RwModel model = RwModel.ofSpace(space).orElse(null);
        if (table != null || model != null && inEtcdSnapshots(model)) {
            spool(space).add(entry.value());
            if (table != null && table.countsUp()) {
                largestIds.merge(table.table(), Long.valueOf(key.key().toStringUtf8()), Math::max);
            }
            if (table == SqlModel.SEAQL_MIGRATIONS) {
                migrations.add(key.key().toStringUtf8());
            }
            if (table == SqlModel.HUMMOCK_TABLE_CHANGE_LOG) {
                changeLogObjects.addChangeLogRow(entry.value());
            }
        } else if (model == RwModel.SYSTEM_PARAMETER && SystemParamEntries.known(key.key())) {
            parameters.put(key.key(), entry.value());
        } else if (model == RwModel.CLUSTER && key.key().toStringUtf8().equals("cluster_id")) {
            clusterId = entry.value();
        } else if (space.equals(RwSpaces.ID_DEFAULT) || space.equals(RwSpaces.SYSTEM_DEFAULT)) {
            defaults.put(key.key(), entry.value());
        } else if (key.equals(RwSpaces.UNKNOWN_PARAMETERS)) {
            unknownParameters = entry.value();
        } else if (key.equals(RwSpaces.SNAPSHOT_TAIL)) {
            tail = entry.value();
        } else {
            nowhere(space).merge(space, 1L, Long::sum);
            return;
        }
        wrote(entry);
    }

    private Map<Space, Long> nowhere(Space space) {
        if (space.equals(RwModel.SESSION_PARAMETER.space())) {
            return neverTaken;
        }
        if (space.name().startsWith("sql.")) {
            return strangers;
        }
        return space.name().startsWith("ephemeral.") ? ephemeral : placeless;
    }

    private static boolean inEtcdSnapshots(RwModel model) {
        return SnapshotLayout.ETCD_1_10.holds(model);
    }

    private void wrote(Entry entry) {
        digest = digest.plus(Digest.of(entry));
        count++;
    }

    private RowSpool spool(Space space) throws IOException {
        RowSpool spool = rows.get(space);
        if (spool == null) {
            spool = new RowSpool(scratch.file("rows-" + space));
            rows.put(space, spool);
        }
        return spool;
    }

    /** Puts a generator of ids in its place among the rows, once all other rows were added. */
    void place(Entry generator) throws IOException {
        if (generator.entryKey().space().equals(RwSpaces.ID_DEFAULT)) {
            defaults.put(generator.entryKey().key(), generator.value());
        } else {
            spool(generator.entryKey().space()).add(generator.value());
        }
        wrote(generator);
    }

    void close() throws IOException {
        for (RowSpool spool : rows.values()) {
            spool.close();
        }
    }

    Map<Space, RowSpool> rows() {
        return rows;
    }

    /** Entries that are true only while somebody renews them, by space: no part of a snapshot. */
    Map<Space, Long> ephemeral() {
        return ephemeral;
    }

    /** Kept in etcd, though RisingWave's own snapshots of it never held them. */
    Map<Space, Long> neverTaken() {
        return neverTaken;
    }

    /** Entries that a snapshot has no place for, by space. */
    Map<Space, Long> placeless() {
        return placeless;
    }

    /** Rows of tables that no release known here has, by space: whoever reads the snapshot would not have them. */
    Map<Space, Long> strangers() {
        return strangers;
    }

    /** Names of the migrations that had run; empty of an etcd meta store. */
    Set<String> migrations() {
        return migrations;
    }

    Map<ByteString, ByteString> defaults() {
        return defaults;
    }

    ByteString systemParams() {
        return SystemParamEntries.join(parameters, unknownParameters);
    }

    boolean hasEtcdRows() {
        return !defaults.isEmpty() || !parameters.isEmpty() || !clusterId.isEmpty();
    }

    /** Largest known ids of tables, as text, that are greater than any in the rows. */
    Map<String, String> autoIncrementsAhead() {
        Map<String, String> ahead = new TreeMap<>(autoIncrements);
        ahead.entrySet()
                .removeIf(each -> Long.parseLong(each.getValue()) <= largestIds.getOrDefault(each.getKey(), 0L));
        return ahead;
    }

    ObjectIds changeLogObjects() {
        return changeLogObjects;
    }

    /** The version's parts, which are let go. */
    VersionAssembler takeVersion() {
        VersionAssembler taken = version;
        version = null;
        if (taken == null) {
            throw new IllegalStateException("taken already");
        }
        return taken;
    }

    @Nullable
    Entry backupIds() {
        return backupIds;
    }

    /** The generator of objects' ids. */
    @Nullable
    Entry objectIds() {
        return objectIds;
    }

    @Nullable
    StoreModel store() {
        return store;
    }

    ByteString clusterId() {
        return clusterId;
    }

    ByteString tail() {
        return tail;
    }

    /** Of what goes into the snapshot, but for the Hummock version. */
    Digest digest() {
        return digest;
    }

    long count() {
        return count;
    }
}
