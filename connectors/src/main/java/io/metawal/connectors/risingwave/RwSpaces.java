package io.metawal.connectors.risingwave;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import java.util.Set;

/** The spaces of RisingWave's metadata that are no rows of one kind ({@link RwModel} has those). */
public final class RwSpaces {
    /** {@code default/*} of etcd: generators and counters, eight bytes, big-endian. */
    public static final Space ID_DEFAULT = new Space("id.default");

    /** What else stands under {@code default/}. */
    public static final Space SYSTEM_DEFAULT = new Space("system.default");

    /** Elections among meta nodes. */
    public static final Space ELECTION = new Space("ephemeral.election");

    /** Keys of etcd that nothing is known of, as they are. */
    public static final Space RAW = new Space("kv");

    /** Deltas that came after one that did not fit, as they are, by id: the keyed version stands before the first of them. */
    public static final Space UNAPPLIED = new Space("hummock.unapplied");

    /** Rows of a SQL meta store have spaces {@code <category>.sql_<table>}; sequences and counters begin with {@code id}. */
    public static final Space ID_SEQUENCE = new Space("id.sql_hummock_sequence");

    /** What kind of meta store the image is of, as JSON: {@code {"model":"etcd"}} or {@code {"model":"sql","version":"2.6.3"}}. */
    public static final EntryKey STORE = EntryKey.of("system.store", "layout");

    /** The newest delta that is in the keyed version, as it was. */
    public static final EntryKey LAST_DELTA = EntryKey.of("hummock.delta", "last");

    /** There while the keyed version is known not to be the meta node's, though no delta says so; why, as text. */
    public static final EntryKey VERSION_STALE = EntryKey.of("system.store", "hummock_version_stale");

    /** For each table whose key the database hands out, counting up, the largest known, as decimal text. */
    public static final Space ID_AUTO_INCREMENT = new Space("id.auto_increment");

    /** When the keyed version was last equal to one that RisingWave wrote, as JSON: {@code {"version":"812","time":"…"}}. */
    public static final EntryKey VERSION_COMPARED = EntryKey.of("system.store", "hummock_version_compared");

    /** What a meta node's start was last seen to have pruned from the keyed version, as JSON: {@code {"version":"812","what":"…"}}. */
    public static final EntryKey VERSION_PRUNED = EntryKey.of("system.store", "hummock_version_pruned");

    /** Of a snapshot of an etcd meta store: system parameters that are not known here, as fields of protobuf. */
    public static final EntryKey UNKNOWN_PARAMETERS = EntryKey.of("system.parameter_unknown", "fields");

    /** Of a snapshot: what stood behind its last known section. */
    public static final EntryKey SNAPSHOT_TAIL = EntryKey.of("system.snapshot_tail", "bytes");

    /** The revision of etcd that the image stands at, in decimal. */
    public static final EntryKey REVISION = EntryKey.of("system.store", "revision");

    private static final String GENERATOR = "_id_next_generator";
    private static final Set<String> COUNTERS = Set.of("notification_version", "table_revision");

    private RwSpaces() {}

    /** Where what stands under {@code default/} goes: what only grows is told by its name. */
    public static EntryKey ofDefault(ByteString name) {
        String text = name.toStringUtf8();
        boolean grows = text.endsWith(GENERATOR) || COUNTERS.contains(text);
        return new EntryKey(grows ? ID_DEFAULT : SYSTEM_DEFAULT, name);
    }
}
