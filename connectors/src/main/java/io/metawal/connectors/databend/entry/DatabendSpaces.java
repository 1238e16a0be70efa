package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The space of each key: {@code <category>.<root>}, where the root is what stands before the key's first {@code /}. By the root
 * alone, but for {@code __fd_warehouses}, which is configuration where it does not expire. Roots that nothing is known of are
 * {@code other.<root>}; keys without a root of ours are {@code kv}.
 */
public final class DatabendSpaces {
    /** The global sequence, decimal text; key {@code generic-kv}. */
    public static final Space SEQUENCES = new Space("id.sequences");

    public static final Space LAST_APPLIED = new Space("system.last_applied");
    public static final Space LAST_MEMBERSHIP = new Space("system.last_membership");

    /** Other lines of the state machine's meta, such as {@code Initialized}. */
    public static final Space META = new Space("system.meta");

    /** Nodes by decimal id. */
    public static final Space NODE = new Space("system.node");

    /** Lines of kinds that are not known, as they are. */
    public static final Space UNKNOWN_LINE = new Space("system.line");

    /** How the export was written, where that is not the usual: see {@link ExportForm}. */
    public static final Space EXPORT = new Space("system.export");

    /** Expire lines that do not follow from the records, or that are missing. */
    public static final Space EXPIRE = new Space("system.expire");

    /** The log entry that a commit is of, as the export has it; overwritten by every commit. */
    public static final EntryKey LAST_LOG_ENTRY = EntryKey.of("system.log", "last");

    public static final Space KV = new Space("kv");

    /** Of keys without a root of ours: what lasts only while somebody renews it. */
    private static final Space EPHEMERAL_KV = new Space("ephemeral.kv");

    /** Of the service that keeps query logs: {@code <tenant>/history_log_transform/heartbeat}. */
    private static final Pattern HEARTBEAT = Pattern.compile("/history_log_[^/]*(?:/[^/]*)?/heartbeat$");

    private static final Pattern ROOT = Pattern.compile("_[a-z0-9_]{1,50}");
    private static final Pattern SEMAPHORE = Pattern.compile("/queue/\\d{20}$");
    private static final String WAREHOUSES = "__fd_warehouses";

    private static final int ROOT_BYTES_MAX = 51;

    private static final Map<String, String> CATEGORIES = new HashMap<>();

    /** The spaces of known roots, of records that do not expire. */
    private static final Map<ByteString, Space> SPACES = new HashMap<>();

    static {
        put(
                "catalog",
                "database database_by_id database_id_to_name db_id_list table table_by_id table_id_to_name table_id_list"
                        + " table_copied_files table_tag table_count catalog catalog_by_id"
                        + " catalog_id_to_name index index_by_id index_id_to_name marked_deleted_index"
                        + " marked_deleted_table_index dictionaries dictionary_by_id datamask datamask_by_id"
                        + " datamask_id_to_name datamask_id_list mask_policy_apply_table_id row_access_policy"
                        + " row_access_policy_by_id row_access_policy_id_to_name row_access_policy_apply_table_id tag"
                        + " tag_by_id tag_id_to_name object_tag_ref tag_object_ref materialized_view_definition"
                        + " materialized_view_by_source materialized_view_source_binding_version procedure"
                        + " procedure_by_id procedure_id_to_name background_job background_job_by_id"
                        + " background_job_id_to_name background_tasks share share_id share_id_to_name share_endpoint"
                        + " share_consumer virtual_column warehouses udfs stages stage_files file_formats connection"
                        + " tasks task_messages workloads share_by dictionaries_by_database table_copied_file_lock");
        put("user", "users roles object_owners network_policies password_policies quotas settings tenant");
        // Of the last three see DatabendMonotonic.
        put(
                "id",
                "id_gen sequence_storage autoincrement_storage table_lock_v2_seq sequence table_lvt vacuum_watermark_ts");
        put(
                "ephemeral",
                "clusters clusters_v2 clusters_v3 clusters_v4 clusters_v5 clusters_v6 session token table_lock"
                        + " table_lock_v2 queries_queue workload_queries_queue explain_perf");
        CATEGORIES.put("_txn_id", "ephemeral");
        CATEGORIES.forEach(
                (root, category) -> SPACES.put(ByteString.copyFromUtf8(root), new Space(category + "." + root)));
    }

    private DatabendSpaces() {}

    private static void put(String category, String roots) {
        Stream.of(roots.split(" ")).forEach(root -> CATEGORIES.put("__fd_" + root, category));
    }

    /** Whether it is known what records of a root are about, and whose they are. */
    public static boolean knowsRoot(String root) {
        return CATEGORIES.containsKey(root);
    }

    /** The entry key of a record. */
    public static EntryKey of(ByteString key, boolean expires) {
        return new EntryKey(space(key, expires), key);
    }

    /** Every entry key that a record of this key may stand under. */
    public static List<EntryKey> candidates(ByteString key) {
        EntryKey lasting = of(key, false);
        return lasting.space().name().endsWith(WAREHOUSES) ? List.of(lasting, of(key, true)) : List.of(lasting);
    }

    /** Whether the space holds records, and not what the state machine says of itself. */
    public static boolean holdsRecords(Space space) {
        String name = space.name();
        return space.equals(KV)
                || !space.equals(SEQUENCES)
                        && (name.startsWith("catalog._")
                                || name.startsWith("user._")
                                || name.startsWith("id._")
                                || name.startsWith("ephemeral.")
                                || name.startsWith("other._"));
    }

    private static Space space(ByteString key, boolean expires) {
        int slash = 0;
        while (slash < key.size() && key.byteAt(slash) != '/') {
            slash++;
        }
        if (slash == key.size() || slash > ROOT_BYTES_MAX) {
            return kv(key);
        }
        ByteString root = key.substring(0, slash);
        Space known = expires ? null : SPACES.get(root);
        return known == null ? space(root.toStringUtf8(), key, expires) : known;
    }

    private static Space kv(ByteString key) {
        String text = key.toStringUtf8();
        return SEMAPHORE.matcher(text).find() || HEARTBEAT.matcher(text).find() ? EPHEMERAL_KV : KV;
    }

    private static Space space(String root, ByteString key, boolean expires) {
        if (!ROOT.matcher(root).matches()) {
            return kv(key);
        }
        String category = CATEGORIES.get(root);
        if (category == null && SEMAPHORE.matcher(key.toStringUtf8()).find() || root.equals(WAREHOUSES) && expires) {
            return Space.of("ephemeral." + root);
        }
        return Space.of((category == null ? "other" : category) + "." + root);
    }
}
