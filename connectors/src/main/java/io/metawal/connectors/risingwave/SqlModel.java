package io.metawal.connectors.risingwave;

import io.metawal.metadata.commit.Space;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The tables of RisingWave's SQL meta store, v1.9 to v3.1, that its snapshots hold: primary key, and the space that rows are captured
 * into, {@code <category>.sql_<table>}. In the order in which a restore inserts, so that no row comes before one it refers to.
 */
public enum SqlModel {
    SEAQL_MIGRATIONS("system", "version"),
    CLUSTER("system", "cluster_id"),
    HUMMOCK_VERSION_STATS("hummock", "id"),
    COMPACTION_CONFIG("hummock", "compaction_group_id"),
    HUMMOCK_SEQUENCE("id", "name"),
    WORKER("ephemeral", "worker_id"),
    WORKER_PROPERTY("ephemeral", "worker_id"),
    USER("user", "user_id"),
    OBJECT("catalog", "oid"),
    USER_PRIVILEGE("user", "id"),
    OBJECT_DEPENDENCY("catalog", "id"),
    DATABASE("catalog", "database_id"),
    SCHEMA("catalog", "schema_id"),
    STREAMING_JOB("catalog", "job_id"),
    FRAGMENT("catalog", "fragment_id"),
    /** To v2.6. */
    ACTOR("catalog", "actor_id"),
    /** To v2.2. */
    ACTOR_DISPATCHER("catalog", "id"),
    /** From v2.3. */
    FRAGMENT_RELATION("catalog", "source_fragment_id", "target_fragment_id"),
    CONNECTION("catalog", "connection_id"),
    SOURCE("catalog", "source_id"),
    TABLE("catalog", "table_id"),
    SINK("catalog", "sink_id"),
    VIEW("catalog", "view_id"),
    INDEX("catalog", "index_id"),
    FUNCTION("catalog", "function_id"),
    SYSTEM_PARAMETER("system", "name"),
    CATALOG_VERSION("id", "name"),
    SUBSCRIPTION("catalog", "subscription_id"),
    SESSION_PARAMETER("system", "name"),
    /** From v1.10. */
    SECRET("catalog", "secret_id"),
    /** From v2.4.1, with the two that follow. */
    EXACTLY_ONCE_ICEBERG_SINK_METADATA("catalog", "sink_id", "end_epoch"),
    ICEBERG_TABLES("catalog", "catalog_name", "table_namespace", "table_name"),
    ICEBERG_NAMESPACE_PROPERTIES("catalog", "catalog_name", "namespace", "property_key"),
    /** From v2.5.2. */
    USER_DEFAULT_PRIVILEGE("user", "id"),
    /** From v2.7. */
    FRAGMENT_SPLITS("catalog", "fragment_id"),
    /** From v2.8. */
    PENDING_SINK_STATE("catalog", "sink_id", "epoch"),
    /** From v2.7.1, with the one that follows. */
    REFRESH_JOB("catalog", "table_id"),
    CDC_TABLE_SNAPSHOT_SPLITS("catalog", "table_id", "split_id"),
    /** From v3.0; before, change logs are part of the version. */
    HUMMOCK_TABLE_CHANGE_LOG("hummock", "table_id", "checkpoint_epoch");

    private static final Map<Space, SqlModel> BY_SPACE =
            Arrays.stream(values()).collect(Collectors.toMap(SqlModel::space, model -> model));
    private static final Map<String, SqlModel> BY_TABLE =
            Arrays.stream(values()).collect(Collectors.toMap(SqlModel::table, model -> model));

    /** Tables whose key the database hands out, counting up. */
    private static final List<SqlModel> COUNTING =
            List.of(OBJECT, USER, USER_PRIVILEGE, USER_DEFAULT_PRIVILEGE, FRAGMENT, WORKER, OBJECT_DEPENDENCY, ACTOR);

    private final String category;
    private final String primaryKey;

    SqlModel(String category, String... primaryKey) {
        this.category = category;
        this.primaryKey = String.join(" ", primaryKey);
    }

    /** The table's name in the database. */
    public String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Space space() {
        return Space.of(category + ".sql_" + table());
    }

    /** Names of the columns that tell its rows apart. */
    public List<String> primaryKey() {
        return List.of(primaryKey.split(" "));
    }

    public boolean countsUp() {
        return COUNTING.contains(this);
    }

    public static Optional<SqlModel> ofSpace(Space space) {
        return Optional.ofNullable(BY_SPACE.get(space));
    }

    public static Optional<SqlModel> ofTable(String table) {
        return Optional.ofNullable(BY_TABLE.get(table));
    }
}
