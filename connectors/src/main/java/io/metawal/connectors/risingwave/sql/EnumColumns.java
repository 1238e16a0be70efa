package io.metawal.connectors.risingwave.sql;

import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a fixed set of words. A snapshot has the name of the variant in RisingWave's program, such as {@code MaterializedView}, the
 * database what that variant is mapped to, such as {@code MATERIALIZED_VIEW}: upper case with a line between the words, but for
 * {@code function.kind}, which is the same in both.
 *
 * <p>Source: {@code src/meta/model/src} of RisingWave, v1.9 to v3.1, the attributes {@code string_value} of its enums.
 */
final class EnumColumns {
    private static final String OBJECTS =
            "Database Schema Table Source Sink View Index Function Connection Subscription Secret";
    private static final String ACTIONS = "Insert Select Update Delete Usage Create Connect Execute";
    private static final String DISPATCHERS = "Hash Broadcast Simple NoShuffle";
    private static final String REFRESHES = "Idle Refreshing Finishing";

    private static final Map<String, Words> COLUMNS = new HashMap<>();

    static {
        column("object.obj_type", OBJECTS);
        column("user_default_privilege.object_type", OBJECTS);
        column("user_privilege.action", ACTIONS);
        column("user_default_privilege.action", ACTIONS);
        column("table.table_type", "Table MaterializedView Index Internal VectorIndex");
        column("table.handle_pk_conflict_behavior", "Overwrite Ignore NoCheck DoUpdateIfNotNull");
        column("table.engine", "Hummock Iceberg");
        column("table.cdc_table_type", "Unspecified Postgres Mysql Sqlserver Mongo Citus");
        column("table.refresh_state", REFRESHES);
        column("refresh_job.current_status", REFRESHES);
        column("streaming_job.job_status", "Initial Creating Created");
        column("streaming_job.create_type", "Background Foreground");
        column("fragment.distribution_type", "Single Hash");
        column("fragment_relation.dispatcher_type", DISPATCHERS);
        column("actor_dispatcher.dispatcher_type", DISPATCHERS);
        column("actor.status", "Inactive Running");
        column("worker.worker_type", "Frontend ComputeNode RiseCtl Compactor Meta");
        column("worker.status", "Starting Running");
        column("sink.sink_type", "AppendOnly ForceAppendOnly Upsert Retract");
        column("pending_sink_state.sink_state", "Pending Committed Aborted");
        column("catalog_version.name", "Notification TableRevision");
        COLUMNS.put("function.kind", new Words(Map.of("Scalar", "Scalar", "Table", "Table", "Aggregate", "Aggregate")));
    }

    private EnumColumns() {}

    /** The words of one column: variant by what stands in the database, and the other way round. */
    private record Words(Map<String, String> bySql, Map<String, String> byVariant) {
        Words(Map<String, String> bySql) {
            this(bySql, new HashMap<>());
            bySql.forEach((sql, variant) -> byVariant.put(variant, sql));
        }
    }

    private static void column(String column, String variants) {
        Map<String, String> bySql = new HashMap<>();
        for (String variant : variants.split(" ")) {
            bySql.put(variant.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT), variant);
        }
        COLUMNS.put(column, new Words(bySql));
    }

    private static @Nullable Words of(SqlModel model, String column) {
        return COLUMNS.get(model.table() + "." + column);
    }

    /** A snapshot's word for the database's; the same where the column has no fixed words. */
    static String variant(SqlModel model, String column, String sql) {
        Words words = of(model, column);
        return words == null ? sql : known(model, column, sql, words.bySql());
    }

    /** The database's word for a snapshot's; the same where the column has no fixed words. */
    static String sql(SqlModel model, String column, String variant) {
        Words words = of(model, column);
        return words == null ? variant : known(model, column, variant, words.byVariant());
    }

    private static String known(SqlModel model, String column, String word, Map<String, String> words) {
        String found = words.get(word);
        if (found == null) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.NEWER,
                    "column " + column + " of a row of " + model.table() + " holds \"" + word
                            + "\", which is none of the words that are known: "
                            + words.keySet().stream().sorted().toList()
                            + ". It is of a newer RisingWave than this metawal knows");
        }
        return found;
    }

    /** What the database may hold in a column, sorted; empty where that is not fixed. */
    static List<String> words(SqlModel model, String column) {
        Words words = of(model, column);
        return words == null
                ? List.of()
                : Arrays.asList(words.bySql().keySet().stream().sorted().toArray(String[]::new));
    }
}
