package io.metawal.connectors.risingwave.snapshot;

import static io.metawal.connectors.risingwave.SqlModel.*;

import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which sections a snapshot has, in their order. They changed from release to release without the format's version in the snapshot
 * changing: the release that wrote it, which the manifest names from v1.10 on, says which layout it is.
 */
public enum SnapshotLayout {
    ETCD_1_0(1, "1.0.0", etcd()),
    ETCD_1_9(1, "1.9.0", with(ETCD_1_0, Section.list(RwModel.SUBSCRIPTION))),
    ETCD_1_10(1, "1.10.0", with(ETCD_1_9, Section.list(RwModel.SECRET))),
    SQL_1_9(2, "1.9.0", sql()),
    SQL_1_10(2, "1.10.0", with(SQL_1_9, SECRET)),
    SQL_2_3(2, "2.3.0", replaced(SQL_1_10, ACTOR_DISPATCHER, FRAGMENT_RELATION)),
    SQL_2_4_1(
            2,
            "2.4.1",
            with(SQL_2_3, EXACTLY_ONCE_ICEBERG_SINK_METADATA, ICEBERG_TABLES, ICEBERG_NAMESPACE_PROPERTIES)),
    SQL_2_5_2(2, "2.5.2", with(SQL_2_4_1, USER_DEFAULT_PRIVILEGE)),
    SQL_2_7_0(2, "2.7.0", without(with(SQL_2_5_2, FRAGMENT_SPLITS), ACTOR)),
    SQL_2_7_1(2, "2.7.1", with(SQL_2_7_0, REFRESH_JOB, CDC_TABLE_SNAPSHOT_SPLITS)),
    SQL_2_8(2, "2.8.0", with(SQL_2_7_0, PENDING_SINK_STATE, REFRESH_JOB, CDC_TABLE_SNAPSHOT_SPLITS)),
    SQL_3_0(2, "3.0.0", with(SQL_2_8, HUMMOCK_TABLE_CHANGE_LOG));

    /** The newest minor release whose sections were looked up. */
    public static final RwVersion KNOWN_UP_TO = new RwVersion(3, 2, 0);

    private static final RwVersion ETCD_ENDS = new RwVersion(2, 1, 0);

    private final int formatVersion;

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final RwVersion from;

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
    private final List<Section> sections;

    SnapshotLayout(int formatVersion, String from, List<Section> sections) {
        this.formatVersion = formatVersion;
        this.from = RwVersion.parse(from);
        this.sections = List.copyOf(sections);
    }

    /** What stands at the snapshot's start: 1 of an etcd meta store, 2 of a SQL one. */
    public int formatVersion() {
        return formatVersion;
    }

    /** The first release that writes it. */
    public RwVersion from() {
        return from;
    }

    public List<Section> sections() {
        return sections;
    }

    /** Whether a section begins with a count. */
    public boolean counted(Section section) {
        return formatVersion == 2
                || switch (section.kind()) {
                    case ROWS, DEFAULT_KEYS, DEFAULT_VALUES -> true;
                    case MESSAGE, VERSION, SYSTEM_PARAMS, CLUSTER_ID -> false;
                };
    }

    public boolean holds(SqlModel table) {
        return sections.stream().anyMatch(section -> section.table() == table);
    }

    public boolean holds(RwModel model) {
        return sections.stream().anyMatch(section -> section.model() == model);
    }

    /** Those of one format, the oldest first. */
    public static List<SnapshotLayout> ofFormat(int formatVersion) {
        return List.of(values()).stream()
                .filter(layout -> layout.formatVersion == formatVersion)
                .toList();
    }

    /** The forms in which snapshots of this layout hold the Hummock version; the first is the older one. */
    public List<VersionForm> versionForms() {
        if (formatVersion == 1) {
            return List.of(VersionForm.PROTOBUF);
        }
        return this == SQL_2_8 ? List.of(VersionForm.JSON, VersionForm.PROTOBUF) : List.of(VersionForm.JSON);
    }

    /** Whether a release is of a later minor release than any whose sections were looked up. */
    public static boolean isNewer(RwVersion version) {
        return version.atLeast(KNOWN_UP_TO.major(), KNOWN_UP_TO.minor() + 1);
    }

    /** The layout that a release writes; for a release after those known here, the newest. */
    public static SnapshotLayout of(int formatVersion, RwVersion version) {
        if (formatVersion == 1 && version.compareTo(ETCD_ENDS) >= 0) {
            throw new UnsupportedFormatException(
                    "RisingWave " + version + " has no snapshots of version 1, of an etcd meta"
                            + " store: v2.0 was the last; name a version from 1.0 to 2.0");
        }
        SnapshotLayout found = null;
        for (SnapshotLayout layout : ofFormat(formatVersion)) {
            if (layout.from.compareTo(version) <= 0) {
                found = layout;
            }
        }
        if (found == null) {
            throw new UnsupportedFormatException("RisingWave " + version + " has no snapshots of version "
                    + formatVersion + ": known are those of version 1 from 1.0 to 2.0, of version 2 from 1.9 on");
        }
        return found;
    }

    @Override
    public String toString() {
        return (formatVersion == 1 ? "etcd" : "SQL") + " layout of v" + from + " (" + sections.size() + " sections)";
    }

    private static List<Section> etcd() {
        List<Section> sections = new ArrayList<>();
        sections.add(Section.special(Section.Kind.DEFAULT_KEYS, "default_cf keys"));
        sections.add(Section.special(Section.Kind.DEFAULT_VALUES, "default_cf values"));
        sections.add(Section.special(Section.Kind.VERSION, "hummock_version"));
        sections.add(Section.message(RwModel.HUMMOCK_STATS));
        for (RwModel model : List.of(
                RwModel.COMPACTION_GROUP,
                RwModel.TABLE_FRAGMENTS,
                RwModel.USER,
                RwModel.DATABASE,
                RwModel.SCHEMA,
                RwModel.TABLE,
                RwModel.INDEX,
                RwModel.SINK,
                RwModel.SOURCE,
                RwModel.VIEW,
                RwModel.FUNCTION,
                RwModel.CONNECTION)) {
            sections.add(Section.list(model));
        }
        sections.add(Section.special(Section.Kind.SYSTEM_PARAMS, "system_params"));
        sections.add(Section.special(Section.Kind.CLUSTER_ID, "cluster_id"));
        return sections;
    }

    private static List<Section> sql() {
        List<Section> sections = new ArrayList<>();
        sections.add(Section.of(SEAQL_MIGRATIONS));
        sections.add(Section.special(Section.Kind.VERSION, "hummock_version"));
        for (SqlModel table : List.of(
                HUMMOCK_VERSION_STATS,
                COMPACTION_CONFIG,
                ACTOR,
                CLUSTER,
                ACTOR_DISPATCHER,
                CATALOG_VERSION,
                CONNECTION,
                DATABASE,
                FRAGMENT,
                FUNCTION,
                INDEX,
                OBJECT,
                OBJECT_DEPENDENCY,
                SCHEMA,
                SINK,
                SOURCE,
                STREAMING_JOB,
                SUBSCRIPTION,
                SYSTEM_PARAMETER,
                TABLE,
                USER,
                USER_PRIVILEGE,
                VIEW,
                WORKER,
                WORKER_PROPERTY,
                HUMMOCK_SEQUENCE,
                SESSION_PARAMETER)) {
            sections.add(Section.of(table));
        }
        return sections;
    }

    private static List<Section> with(SnapshotLayout base, Section more) {
        List<Section> sections = new ArrayList<>(base.sections);
        sections.add(more);
        return sections;
    }

    private static List<Section> with(SnapshotLayout base, SqlModel... more) {
        List<Section> sections = new ArrayList<>(base.sections);
        for (SqlModel table : more) {
            sections.add(Section.of(table));
        }
        return sections;
    }

    private static List<Section> without(List<Section> sections, SqlModel gone) {
        return sections.stream().filter(section -> section.table() != gone).toList();
    }

    private static List<Section> replaced(SnapshotLayout base, SqlModel old, SqlModel by) {
        return base.sections.stream()
                .map(section -> section.table() == old ? Section.of(by) : section)
                .toList();
    }
}
