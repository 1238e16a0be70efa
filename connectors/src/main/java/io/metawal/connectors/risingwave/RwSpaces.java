package io.metawal.connectors.risingwave;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;

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

    /** For each table whose key the database hands out, counting up, the largest known, as decimal text. */
    public static final Space ID_AUTO_INCREMENT = new Space("id.auto_increment");

    /** Of a snapshot of an etcd meta store: system parameters that are not known here, as fields of protobuf. */
    public static final EntryKey UNKNOWN_PARAMETERS = EntryKey.of("system.parameter_unknown", "fields");

    /** Of a snapshot: what stood behind its last known section. */
    public static final EntryKey SNAPSHOT_TAIL = EntryKey.of("system.snapshot_tail", "bytes");

    private RwSpaces() {}
}
