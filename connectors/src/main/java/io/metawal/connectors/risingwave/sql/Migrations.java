package io.metawal.connectors.risingwave.sql;

import io.metawal.connectors.risingwave.RwVersion;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The migrations that each release of RisingWave has, by the first release with that set. A release that is not named has the set of the
 * one before it: v2.5.3 that of v2.5.0, and v3.2.0-alpha of August 2026 that of v3.1.0.
 *
 * <p>Only the set distinguishes releases. Names begin with the day on which they were written, and releases carry some that are younger
 * than ones they lack: {@code m20260624_000000} is in v3.0.1 and in builds of v2.8 after v2.8.5, and not in v3.0.0.
 *
 * <p>Source: {@code src/meta/model/migration/src/lib.rs} (to v2.0 {@code model_v2}) at every tag from v1.9.0 to v3.0.3 and at the heads of
 * release-2.8, release-3.0, release-3.1 and main in August 2026.
 */
final class Migrations {
    /** In builds of release-2.8 after the tag v2.8.5, which call themselves v2.8.5, and from v3.0.1 on. */
    static final String AFTER_2_8_5 = "m20260624_000000_pending_sink_state_object_fk";

    private static final NavigableMap<RwVersion, Set<String>> BY_RELEASE = new TreeMap<>();
    private static final Set<String> ALL = new HashSet<>();

    static {
        Set<String> after = Set.of();
        after = level(
                after,
                "1.9.0",
                "m20230908_072257_init",
                "m20231008_020431_hummock",
                "m20240304_074901_subscription",
                "m20240410_082733_with_version_column_migration",
                "m20240410_154406_session_params",
                "m20240417_062305_subscription_internal_table_name",
                "m20240418_142249_function_runtime",
                "m20240506_112555_subscription_partial_ckpt");
        after = level(after, "1.9.2", "m20240618_072634_function_compressed_binary");
        after = level(
                after,
                "1.10.0",
                "m20240525_090457_secret",
                "m20240702_080451_system_param_value",
                "m20240702_084927_unnecessary_fk");
        after = level(
                after,
                "2.0.0",
                "m20240617_070131_index_column_properties",
                "m20240617_071625_sink_into_table_column",
                "m20240630_131430_remove_parallel_unit",
                "m20240701_060504_hummock_time_travel",
                "m20240726_063833_auto_schema_change",
                "m20240806_143329_add_rate_limit_to_source_catalog");
        after = level(
                after,
                "2.1.0",
                "m20240820_081248_add_time_travel_per_table_epoch",
                "m20240911_083152_variable_vnode_count",
                "m20241016_065621_hummock_gc_history",
                "m20241120_182555_hummock_add_time_travel_sst_index");
        after = level(
                after,
                "2.2.0",
                "m20241025_062548_singleton_vnode_count",
                "m20241115_085007_remove_function_type",
                "m20241022_072553_node_label",
                "m20241001_013810_webhook_source",
                "m20241125_043732_connection_params",
                "m20241121_101830_table_engine");
        after = level(
                after,
                "2.3.0",
                "m20241202_071413_resource_group",
                "m20241226_074013_clean_watermark_index_in_pk",
                "m20250106_072104_fragment_relation",
                "m20250121_085800_change_wasm_udf_identifier",
                "m20250210_170743_function_options",
                "m20250319_062702_mysql_utf8mb4");
        after = level(after, "2.4.0", "m20250325_061743_exactly_once_iceberg_sink_metadata");
        after = level(
                after, "2.4.1", "m20250522_074525_iceberg_tables", "m20250522_074947_iceberg_namespace_properties");
        after = level(
                after,
                "2.5.0",
                "m20250509_102041_remove_dispatcher",
                "m20250514_114514_dispatcher_type_mapping",
                "m20250528_064717_barrier_interval_per_database",
                "m20250603_084830_default_privilege");
        after = level(
                after,
                "2.6.0",
                "m20250702_062029_cdc_table_snapshot_splits",
                "m20250710_065220_sink_auto_refresh_schema",
                "m20250722_155040_table_refreshable",
                "m20250729_174630_add_vector_index_info",
                "m20250810_000000_add_user_admin_field",
                "m20250819_014448_add_version_column_indices_to_table",
                "m20250820_120000_add_cdc_table_type",
                "m20250821_081110_cdc_table_snapshot_splits_add_column");
        after = level(
                after,
                "2.7.0",
                "m20250905_144810_deprecate_table_incoming_sinks",
                "m20250916_120000_add_refresh_fields",
                "m20251005_000000_fragment_splits",
                "m20251016_220528_fragment_parallelism",
                "m20251022_294610_source_refresh_mode",
                "m20251030_120000_refresh_jobs");
        after = level(
                after,
                "2.8.0",
                "m20251112_114514_streaming_job_config_override",
                "m20251126_093529_add_is_iceberg_compactor",
                "m20251124_195858_pending_sink_state",
                "m20251130_120000_streaming_job_backfill_parallelism",
                "m20251208_134652_clean_watermark_indices",
                "m20251215_000000_streaming_job_parallelism_strategy",
                "m20251224_142321_sink_schema_change",
                "m20251231_000000_sink_ignore_delete",
                "m20260119_153927_streaming_job_is_serverless_backfill",
                "m20260120_120000_streaming_job_backfill_orders");
        Set<String> of28 = after;
        level(of28, "2.8.5", AFTER_2_8_5);
        after = level(
                of28,
                "3.0.0",
                "m20251223_064450_table_change_log",
                "m20260311_000000_legacy_streaming_parallelism_session_params",
                "m20260312_000000_streaming_job_backfill_parallelism_strategy",
                "m20260518_000000_disable_unused_read_prefix_hints");
        after = level(after, "3.0.1", AFTER_2_8_5);
        level(
                after,
                "3.1.0",
                "m20260519_000000_streaming_job_batch_refresh_seconds",
                "m20260705_000000_subscription_dependent_object_fk",
                "m20260804_000000_worker_property_resource",
                "m20260805_000000_object_belong_to_oid");
        BY_RELEASE.values().forEach(ALL::addAll);
    }

    private Migrations() {}

    private static Set<String> level(Set<String> before, String release, String... added) {
        Set<String> names = new LinkedHashSet<>(before);
        Collections.addAll(names, added);
        BY_RELEASE.put(RwVersion.parse(release), Collections.unmodifiableSet(names));
        return names;
    }

    /** All sets, the newest release first. */
    static NavigableMap<RwVersion, Set<String>> newestFirst() {
        return BY_RELEASE.descendingMap();
    }

    /** Those of a release, in their order; empty for one before v1.9. */
    static Set<String> of(RwVersion release) {
        Map.Entry<RwVersion, Set<String>> level = BY_RELEASE.floorEntry(release);
        return level == null ? Set.of() : level.getValue();
    }

    /** Those of them that no release here has, sorted. */
    static Set<String> unknown(Collection<String> names) {
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeAll(ALL);
        return unknown;
    }
}
