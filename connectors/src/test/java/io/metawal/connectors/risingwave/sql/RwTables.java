package io.metawal.connectors.risingwave.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlColumn.Counting;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * RisingWave's tables with every column that any release from v1.9 to v3.1 has, and random rows of them. Of a column: its name, and behind a
 * colon i and l for whole numbers of 32 and 64 bits, s text, b bytes, j JSON, t a timestamp, B a boolean, u a UUID; ? where it may be NULL.
 */
final class RwTables {
    private static final Map<String, String> COLUMNS = new HashMap<>();
    private static final List<String> MIGRATIONS =
            List.copyOf(Migrations.of(new io.metawal.connectors.risingwave.RwVersion(1, 9, 0)));

    static {
        COLUMNS.put("seaql_migrations", "version:s applied_at:l");
        COLUMNS.put("cluster", "cluster_id:u created_at:t");
        COLUMNS.put("hummock_version_stats", "id:l stats:j");
        COLUMNS.put("compaction_config", "compaction_group_id:l config:b");
        COLUMNS.put("hummock_sequence", "name:s seq:l");
        COLUMNS.put("worker", "worker_id:i worker_type:s host:s port:i status:s transaction_id:i?");
        COLUMNS.put(
                "worker_property",
                "worker_id:i parallelism:i is_streaming:B is_serving:B is_unschedulable:B internal_rpc_host_addr:s?"
                        + " resource_group:s? is_iceberg_compactor:B resource:b? started_at:l?");
        COLUMNS.put(
                "user",
                "user_id:i name:s is_super:B can_create_db:B can_create_user:B can_login:B is_admin:B auth_info:b?");
        COLUMNS.put(
                "object",
                "oid:i obj_type:s owner_id:i schema_id:i? database_id:i? initialized_at:t created_at:t"
                        + " initialized_at_cluster_version:s? created_at_cluster_version:s?");
        COLUMNS.put("user_privilege", "id:i dependent_id:i? user_id:i oid:i granted_by:i action:s with_grant_option:B");
        COLUMNS.put("object_dependency", "id:i oid:i used_by:i");
        COLUMNS.put("database", "database_id:i name:s resource_group:s barrier_interval_ms:i? checkpoint_frequency:l?");
        COLUMNS.put("schema", "schema_id:i name:s");
        COLUMNS.put(
                "streaming_job",
                "job_id:i job_status:s create_type:s timezone:s? config_override:s? parallelism:j"
                        + " backfill_parallelism:j? max_parallelism:i is_serverless_backfill:B");
        COLUMNS.put(
                "fragment",
                "fragment_id:i job_id:i fragment_type_mask:i distribution_type:s stream_node:b state_table_ids:j"
                        + " upstream_fragment_id:j vnode_count:i parallelism:j?");
        COLUMNS.put(
                "actor",
                "actor_id:i fragment_id:i status:s splits:b? worker_id:i upstream_actor_ids:j vnode_bitmap:b?"
                        + " expr_context:b");
        COLUMNS.put(
                "actor_dispatcher",
                "id:i actor_id:i dispatcher_type:s dist_key_indices:j output_indices:j hash_mapping:b?"
                        + " dispatcher_id:i downstream_actor_ids:j dispatcher_name:s?");
        COLUMNS.put(
                "fragment_relation",
                "source_fragment_id:i target_fragment_id:i dispatcher_type:s dist_key_indices:j output_indices:j"
                        + " output_type_mapping:b?");
        COLUMNS.put("connection", "connection_id:i name:s info:b params:b");
        COLUMNS.put(
                "source",
                "source_id:i name:s row_id_index:i? columns:b pk_column_ids:j with_properties:j definition:s"
                        + " source_info:b? watermark_descs:b connection_id:i? version:l secret_ref:b? rate_limit:i?");
        COLUMNS.put(
                "table",
                "table_id:i name:s table_type:s belongs_to_job_id:i? columns:b pk:b distribution_key:j append_only:B"
                        + " fragment_id:i? definition:s handle_pk_conflict_behavior:s description:s? version:b?"
                        + " cdc_table_id:s? engine:s? refreshable:B");
        COLUMNS.put(
                "sink",
                "sink_id:i name:s columns:b plan_pk:b sink_type:s ignore_delete:B properties:j definition:s"
                        + " sink_format_desc:b? target_table:i? secret_ref:b?");
        COLUMNS.put("view", "view_id:i name:s properties:j definition:s columns:b");
        COLUMNS.put(
                "index", "index_id:i name:s index_table_id:i primary_table_id:i index_items:b index_columns_len:i?");
        COLUMNS.put(
                "function",
                "function_id:i name:s arg_types:b return_type:b language:s body:s? compressed_binary:b? kind:s"
                        + " always_retry_on_network_error:B options:j?");
        COLUMNS.put("system_parameter", "name:s value:s is_mutable:B description:s?");
        COLUMNS.put("catalog_version", "name:s version:l");
        COLUMNS.put(
                "subscription",
                "subscription_id:i name:s retention_seconds:l definition:s subscription_state:i dependent_table_id:i");
        COLUMNS.put("session_parameter", "name:s value:s description:s?");
        COLUMNS.put("secret", "secret_id:i name:s value:b");
        COLUMNS.put(
                "exactly_once_iceberg_sink_metadata",
                "sink_id:i end_epoch:l start_epoch:l metadata:b snapshot_id:l committed:B");
        COLUMNS.put(
                "iceberg_tables",
                "catalog_name:s table_namespace:s table_name:s metadata_location:s? previous_metadata_location:s?");
        COLUMNS.put("iceberg_namespace_properties", "catalog_name:s namespace:s property_key:s property_value:s?");
        COLUMNS.put(
                "user_default_privilege",
                "id:i database_id:i schema_id:i? object_type:s for_materialized_view:B user_id:i grantee:i"
                        + " granted_by:i action:s with_grant_option:B");
        COLUMNS.put("fragment_splits", "fragment_id:i splits:b?");
        COLUMNS.put("pending_sink_state", "sink_id:i epoch:l sink_state:s metadata:b? schema_change:b?");
        COLUMNS.put("refresh_job", "table_id:i last_trigger_time:l? trigger_interval_secs:l? current_status:s");
        COLUMNS.put("cdc_table_snapshot_splits", "table_id:i split_id:l left:b right:b is_backfill_finished:i");
        COLUMNS.put(
                "hummock_table_change_log",
                "table_id:i checkpoint_epoch:l non_checkpoint_epochs:j new_value_sst:b old_value_sst:b");
        COLUMNS.put(
                "hummock_version_delta",
                "id:l prev_id:l max_committed_epoch:l safe_epoch:l trivial_move:B full_version_delta:b");
        COLUMNS.put("hummock_pinned_version", "context_id:i min_pinned_id:l");
    }

    private RwTables() {}

    static SqlTable of(SqlModel model, SqlEngine engine) {
        return of(model.table(), model.primaryKey(), engine);
    }

    static SqlTable of(String name, List<String> key, SqlEngine engine) {
        List<SqlColumn> columns = new ArrayList<>();
        for (String column : columns(name)) {
            String[] parts = column.split(":");
            boolean nullable = parts[1].endsWith("?");
            columns.add(new SqlColumn(
                    parts[0],
                    type(parts[1].charAt(0), engine),
                    parts[1].charAt(0) == 'i' ? "integer" : parts[1].charAt(0) == 'l' ? "bigint" : "other",
                    nullable,
                    "",
                    Counting.NONE));
        }
        return new SqlTable(engine, "public", name, columns, key, List.of(), List.of(), List.of());
    }

    private static List<String> columns(String table) {
        String text = COLUMNS.get(table);
        if (text == null) {
            throw new AssertionError("no columns of " + table);
        }
        return List.of(text.split(" "));
    }

    private static SqlType type(char kind, SqlEngine engine) {
        return switch (kind) {
            case 'i', 'l' -> SqlType.INTEGER;
            case 's' -> SqlType.TEXT;
            case 'b' -> SqlType.BYTES;
            case 'j' -> SqlType.JSON;
            case 't' -> SqlType.TIMESTAMP;
            case 'B' -> SqlType.BOOL;
            // MySQL has no such type, and MariaDB was given none by RisingWave's migrations.
            case 'u' -> engine == SqlEngine.MYSQL || engine == SqlEngine.MARIADB ? SqlType.BYTES : SqlType.UUID;
            default -> throw new AssertionError(kind);
        };
    }

    /** A row with a key of its own. */
    static SqlRow random(SqlTable table, int number, RandomGenerator random) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (String column : columns(table.name())) {
            String name = column.substring(0, column.indexOf(':'));
            boolean nullable = column.endsWith("?");
            values.put(name, nullable && random.nextInt(3) == 0 ? null : value(table, name, column, number, random));
        }
        return SqlRow.of(values);
    }

    private static Object value(SqlTable table, String name, String column, int number, RandomGenerator random) {
        boolean key = table.primaryKey().contains(name);
        SqlModel model = SqlModel.ofTable(table.name()).orElse(null);
        List<String> words = model == null ? List.of() : EnumColumns.words(model, name);
        return switch (column.charAt(column.indexOf(':') + 1)) {
            case 'i' -> key ? (long) number : random.nextInt(5) == 0 ? (long) random.nextInt() : random.nextInt(99);
            case 'l' -> key ? (long) number : random.nextInt(5) == 0 ? random.nextLong() : random.nextInt(99);
            case 's' ->
                model == SqlModel.SEAQL_MIGRATIONS
                        ? MIGRATIONS.get(number % MIGRATIONS.size())
                        : !words.isEmpty()
                                ? words.get(key ? number % words.size() : random.nextInt(words.size()))
                                : "t" + number
                                        + List.of("", "/%", "é\n\"", "'", "😀").get(random.nextInt(5));
            case 'b' -> bytes(random, random.nextInt(6));
            case 'j' ->
                new JsonText(List.of(
                                "{\"k\": \"v\"}",
                                "[1,2]",
                                "\"Adaptive\"",
                                "{\"Fixed\": 4}",
                                "{\"7\": {\"totalKeySize\": \"18446744073709551615\"}}",
                                "[]",
                                "12345678901234567890")
                        .get(random.nextInt(7)));
            case 't' ->
                "2024-05-01 12:00:00"
                        + List.of("", table.engine() == SqlEngine.SQLITE ? ".500" : ".5", ".123456")
                                .get(random.nextInt(3));
            case 'B' -> random.nextBoolean();
            case 'u' ->
                table.engine() == SqlEngine.POSTGRESQL
                        ? "0190a1b2-c3d4-7000-8000-00000000000" + number % 10
                        : bytes(random, 16);
            default -> throw new AssertionError(column);
        };
    }

    private static ByteString bytes(RandomGenerator random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
