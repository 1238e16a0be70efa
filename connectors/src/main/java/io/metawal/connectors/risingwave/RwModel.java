package io.metawal.connectors.risingwave;

import io.metawal.metadata.commit.Space;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The kinds of rows that RisingWave keeps in etcd, v1.0 to v2.0: column family, key and the space that they are captured into.
 * In the order of RisingWave's own snapshots, version 1, where they are part of one.
 */
public enum RwModel {
    HUMMOCK_STATS("hummock.stats", "cf/hummock_7", KeyKind.SINGLE),
    COMPACTION_GROUP("hummock.config", "cf/hummock_6", KeyKind.NUMBER),
    TABLE_FRAGMENTS("catalog.fragments", "cf/table_fragments", KeyKind.NUMBER),
    USER("user.info", "cf/user_info", KeyKind.NUMBER),
    DATABASE("catalog.database", "cf/catalog_database", KeyKind.NUMBER),
    SCHEMA("catalog.schema", "cf/catalog_schema", KeyKind.NUMBER),
    TABLE("catalog.table", "cf/catalog_table", KeyKind.NUMBER),
    INDEX("catalog.index", "cf/catalog_index", KeyKind.NUMBER),
    SINK("catalog.sink", "cf/catalog_sink", KeyKind.NUMBER),
    SOURCE("catalog.source", "cf/catalog_source", KeyKind.NUMBER),
    VIEW("catalog.view", "cf/catalog_view", KeyKind.NUMBER),
    FUNCTION("catalog.function", "cf/catalog_function", KeyKind.NUMBER),
    CONNECTION("catalog.connection", "cf/catalog_connection", KeyKind.NUMBER),
    SYSTEM_PARAMETER("system.parameter", "cf/system_params", KeyKind.TEXT),
    CLUSTER("system.cluster", "cf", KeyKind.TEXT),
    SUBSCRIPTION("catalog.subscription", "cf/catalog_subscription", KeyKind.NUMBER),
    SECRET("catalog.secret", "cf/catalog_secret", KeyKind.NUMBER),
    SESSION_PARAMETER("system.session_parameter", "cf/session_params", KeyKind.TEXT),
    /** Not a column family for its own sake: each delta is also folded into the keyed version. */
    VERSION_DELTA("hummock.delta", "cf/hummock_1", KeyKind.NUMBER),
    PINNED_VERSION("ephemeral.pinned_version", "cf/hummock_2", KeyKind.NUMBER),
    PINNED_SNAPSHOT("ephemeral.pinned_snapshot", "cf/hummock_3", KeyKind.NUMBER),
    COMPACT_STATUS("ephemeral.compact_status", "cf/hummock_4", KeyKind.NUMBER),
    COMPACT_TASK("ephemeral.compact_task", "cf/hummock_5", KeyKind.NUMBER),
    WORKER("ephemeral.worker", "cf/worker", KeyKind.ADDRESS);

    /** How a row's key is written in etcd and in the log. */
    public enum KeyKind {
        /** One row, with an empty key in etcd and {@code 0} in the log. */
        SINGLE,
        /** A message with the number as its field 1, so that 0 is empty; decimal in the log. */
        NUMBER,
        /** The same text in both. */
        TEXT,
        /** A message of host and port; {@code host:port} in the log. */
        ADDRESS
    }

    private static final Map<Space, RwModel> BY_SPACE =
            Arrays.stream(values()).collect(Collectors.toMap(RwModel::space, model -> model));
    private static final Map<String, RwModel> BY_FAMILY =
            Arrays.stream(values()).collect(Collectors.toMap(RwModel::family, model -> model));

    private final String space;
    private final String family;
    private final KeyKind keyKind;

    RwModel(String space, String family, KeyKind keyKind) {
        this.space = space;
        this.family = family;
        this.keyKind = keyKind;
    }

    public Space space() {
        return Space.of(space);
    }

    /** The column family: what stands before the last {@code /} of a row's etcd key. */
    public String family() {
        return family;
    }

    public KeyKind keyKind() {
        return keyKind;
    }

    public static Optional<RwModel> ofSpace(Space space) {
        return Optional.ofNullable(BY_SPACE.get(space));
    }

    public static Optional<RwModel> ofFamily(String family) {
        return Optional.ofNullable(BY_FAMILY.get(family));
    }
}
