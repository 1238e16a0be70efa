package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What stands beside the catalog: the election, objects that wait to be deleted, Iceberg's catalog, states of sinks. For one thread. */
final class SideWriter {
    private static final String SERVICE = "meta";

    private final SimulatedStore store;
    private final Connection connection;
    private final RandomGenerator random;
    private final RandomRows rows;
    private final SimulatedClock clock;
    private final Set<String> tables = new HashSet<>();
    private boolean elected;
    private long next = 1;

    SideWriter(SimulatedStore store, Connection connection, RandomGenerator random, SimulatedClock clock) {
        this.store = store;
        this.connection = connection;
        this.random = random;
        this.rows = new RandomRows(random);
        this.clock = clock;
    }

    void change() throws SQLException {
        int what = random.nextInt(5);
        if (!elected || what == 0) {
            heartbeat();
        } else if (what == 1) {
            collect();
        } else if (what == 2 && store.schema().has("iceberg_tables")) {
            iceberg();
        } else if (what == 3 && store.schema().has("exactly_once_iceberg_sink_metadata")) {
            commitSink("exactly_once_iceberg_sink_metadata", "end_epoch");
        } else if (store.schema().has("pending_sink_state")) {
            commitSink("pending_sink_state", "epoch");
        } else {
            pinSnapshot();
        }
    }

    private void heartbeat() throws SQLException {
        SqlTransaction beat = store.begin(connection);
        Map<String, Object> time = Map.of("last_heartbeat", clock.zonedText());
        if (elected) {
            beat.update("election_leader", Map.of("service", SERVICE), time);
            beat.update("election_member", Map.of("service", SERVICE, "id", "node-1:5690"), time);
        } else {
            Map<String, Object> row = new HashMap<>(time);
            row.putAll(Map.of("service", SERVICE, "id", "node-1:5690"));
            long unused = beat.insert("election_leader", row) + beat.insert("election_member", row);
        }
        beat.commit("heartbeat", () -> elected = true);
    }

    private void collect() throws SQLException {
        SqlTransaction marked = store.begin(connection);
        for (int i = 0; i < 3; i++) {
            long unused =
                    marked.insert("hummock_gc_history", Map.of("object_id", next++, "mark_delete_at", clock.text()));
        }
        marked.deleteBelow("hummock_gc_history", "object_id", next - 8);
        marked.commit("objects marked for deletion");
    }

    private void iceberg() throws SQLException {
        String name = "t" + random.nextInt(5);
        SqlTransaction changed = store.begin(connection);
        Map<String, Object> key = Map.of("catalog_name", "c", "table_namespace", "n/é", "table_name", name);
        if (tables.contains(name)) {
            changed.update("iceberg_tables", key, Map.of("metadata_location", "s3://b/" + next++));
        } else {
            Map<String, @Nullable Object> row = new HashMap<>(key);
            row.put("metadata_location", "");
            long unused = changed.insert("iceberg_tables", row);
            unused = changed.insert(
                    "iceberg_namespace_properties",
                    Map.of("catalog_name", "c", "namespace", "n/é", "property_key", name, "property_value", "%/"));
        }
        changed.commit("iceberg table " + name, () -> tables.add(name));
    }

    /** The second half of two-phase commits of a sink; old ones are forgotten. */
    private void commitSink(String table, String epochColumn) throws SQLException {
        SqlTransaction committed = store.begin(connection);
        long epoch = clock.nextEpoch();
        Map<String, Object> row = new HashMap<>(Map.of("sink_id", 7L, epochColumn, epoch, "metadata", rows.bytes(50)));
        if (table.equals("pending_sink_state")) {
            row.put("sink_state", "PENDING");
        } else {
            row.putAll(Map.of("start_epoch", epoch - 1, "snapshot_id", -epoch, "committed", false));
        }
        long unused = committed.insert(table, row);
        committed.deleteBelow(table, epochColumn, epoch - (60_000L << 16));
        committed.commit("sink committed");
    }

    private void pinSnapshot() throws SQLException {
        SqlTransaction pinned = store.begin(connection);
        long unused = pinned.delete("hummock_pinned_snapshot", Map.of("context_id", 1L));
        unused = pinned.insert("hummock_pinned_snapshot", Map.of("context_id", 1L, "min_pinned_snapshot", next++));
        pinned.commit("snapshot pinned");
    }
}
