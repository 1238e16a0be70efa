package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The cluster itself: its id and parameters, workers that come and go, what they pin. For one thread. */
final class ClusterWriter {
    private static final int WORKERS_MAX = 6;
    private static final String[] TYPES = {"FRONTEND", "COMPUTE_NODE", "COMPACTOR"};

    private final SimulatedStore store;
    private final Connection connection;
    private final RandomGenerator random;
    private final RandomRows rows;
    private final SimulatedClock clock;
    private final Map<Long, Boolean> workers = new TreeMap<>();
    private int hosts;

    ClusterWriter(SimulatedStore store, Connection connection, RandomGenerator random, SimulatedClock clock) {
        this.store = store;
        this.connection = connection;
        this.random = random;
        this.rows = new RandomRows(random);
        this.clock = clock;
    }

    void bootstrap(SimulationSettings settings) throws SQLException {
        SqlTransaction first = store.begin(connection);
        UUID id = UUID.nameUUIDFromBytes(("cluster " + settings.seed()).getBytes(StandardCharsets.UTF_8));
        long unused = first.insert("cluster", Map.of("cluster_id", id, "created_at", clock.text()));
        unused = first.insert("catalog_version", Map.of("name", "NOTIFICATION", "version", 1L));
        unused = first.insert("catalog_version", Map.of("name", "TABLE_REVISION", "version", 1L));
        Map<String, String> parameters = new TreeMap<>(Map.of(
                "state_store", settings.stateStore(),
                "data_directory", settings.dataDirectory(),
                "backup_storage_url", "memory",
                "barrier_interval_ms", "1000",
                "checkpoint_frequency", "1",
                "use_new_object_prefix_strategy", "true"));
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            Map<String, @Nullable Object> values = new HashMap<>();
            values.put("name", parameter.getKey());
            values.put("value", parameter.getValue());
            values.put("is_mutable", parameter.getKey().contains("_ms"));
            values.put("description", null);
            unused = first.insert("system_parameter", values);
        }
        unused = first.insert("session_parameter", Map.of("name", "timezone", "value", "UTC", "description", ""));
        first.commit("an empty cluster");
    }

    void change(long version) throws SQLException {
        int what = random.nextInt(6);
        if (workers.isEmpty() || (what == 0 && workers.size() < WORKERS_MAX)) {
            join();
        } else if (what == 1) {
            leave();
        } else if (what == 2) {
            parameter();
        } else {
            pin(version);
        }
    }

    private void join() throws SQLException {
        SqlTransaction joined = store.begin(connection);
        long id = joined.insert(
                "worker",
                Map.of(
                        "worker_type",
                        TYPES[random.nextInt(TYPES.length)],
                        "host",
                        "host" + hosts++,
                        "port",
                        5688L,
                        "status",
                        "STARTING",
                        "transaction_id",
                        (long) random.nextInt(100)));
        Map<String, @Nullable Object> property = new HashMap<>(
                Map.of("worker_id", id, "parallelism", 4L, "is_streaming", true, "is_serving", random.nextBoolean()));
        long unused =
                joined.insert("worker_property", rows.complete(store.schema().table("worker_property"), property));
        joined.commit("worker " + id + " joined", () -> workers.put(id, false));
        SqlTransaction running = store.begin(connection);
        running.update("worker", Map.of("worker_id", id), Map.of("status", "RUNNING"));
        running.commit("worker " + id + " runs");
    }

    private long any() {
        return workers.keySet().stream()
                .skip(random.nextInt(workers.size()))
                .findFirst()
                .orElseThrow();
    }

    private void leave() throws SQLException {
        long id = any();
        SqlTransaction left = store.begin(connection);
        int unused = left.delete("hummock_pinned_version", Map.of("context_id", id))
                + left.delete("worker", Map.of("worker_id", id));
        left.commit("worker " + id + " left", () -> workers.remove(id));
    }

    private void parameter() throws SQLException {
        SqlTransaction changed = store.begin(connection);
        changed.update(
                "system_parameter",
                Map.of("name", "barrier_interval_ms"),
                Map.of("value", Integer.toString(250 + random.nextInt(1000))));
        changed.update(
                "session_parameter",
                Map.of("name", "timezone"),
                Map.of("value", random.nextBoolean() ? "" : "Europe/Zürich"));
        changed.commit("parameters changed");
    }

    private void pin(long version) throws SQLException {
        long id = any();
        SqlTransaction pinned = store.begin(connection);
        if (workers.getOrDefault(id, false)) {
            pinned.update("hummock_pinned_version", Map.of("context_id", id), Map.of("min_pinned_id", version));
        } else {
            long unused = pinned.insert("hummock_pinned_version", Map.of("context_id", id, "min_pinned_id", version));
        }
        pinned.commit("version " + version + " pinned by worker " + id, () -> workers.put(id, true));
    }
}
