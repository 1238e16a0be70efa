package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The fragments of a job, their relations, and, to v2.6, the actors that run them. */
final class FragmentInserts {
    private static final List<String> DISPATCHERS = List.of("HASH", "BROADCAST", "SIMPLE", "NO_SHUFFLE");

    private final LevelSchema schema;
    private final RandomGenerator random;
    private final RandomRows rows;

    FragmentInserts(LevelSchema schema, RandomGenerator random, RandomRows rows) {
        this.schema = schema;
        this.random = random;
        this.rows = rows;
    }

    /**
     * One, two or three in a row, the first of them behind what the job reads from.
     *
     * @param into their ids, which the database gives
     */
    void insert(SqlTransaction transaction, long job, List<Long> state, @Nullable SqlRelation on, List<Long> into)
            throws SQLException {
        int count = 1 + random.nextInt(3);
        long before =
                on == null || on.fragments().isEmpty() ? 0 : on.fragments().get(0);
        long actorBefore = 0;
        for (int i = 0; i < count; i++) {
            Map<String, @Nullable Object> fragment = new HashMap<>();
            fragment.put("job_id", job);
            fragment.put("fragment_type_mask", 1L << random.nextInt(12));
            fragment.put("distribution_type", random.nextInt(3) == 0 ? "SINGLE" : "HASH");
            fragment.put("stream_node", rows.plan());
            fragment.put("state_table_ids", RandomRows.array(i == 0 ? state : List.of()));
            fragment.put("upstream_fragment_id", "[]");
            long id = transaction.insert("fragment", rows.complete(schema.table("fragment"), fragment));
            into.add(id);
            if (before != 0 && schema.has("fragment_relation")) {
                relation(transaction, before, id);
            }
            if (!schema.has("fragment_splits")) {
                actorBefore = actors(transaction, id, actorBefore);
            } else if (random.nextInt(3) == 0) {
                long unused = transaction.insert(
                        "fragment_splits", Map.of("fragment_id", id, "splits", rows.bytes(random.nextInt(100))));
            }
            before = id;
        }
    }

    private void relation(SqlTransaction transaction, long from, long to) throws SQLException {
        Map<String, Object> relation = Map.of(
                "source_fragment_id", from,
                "target_fragment_id", to,
                "dispatcher_type", DISPATCHERS.get(random.nextInt(DISPATCHERS.size())));
        long unused =
                transaction.insert("fragment_relation", rows.complete(schema.table("fragment_relation"), relation));
    }

    private long actors(SqlTransaction transaction, long fragment, long before) throws SQLException {
        long first = 0;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            first = actor(transaction, fragment);
        }
        if (before != 0 && schema.has("actor_dispatcher")) {
            Map<String, Object> dispatcher = Map.of(
                    "actor_id",
                    before,
                    "dispatcher_type",
                    DISPATCHERS.get(random.nextInt(DISPATCHERS.size())),
                    "dispatcher_id",
                    fragment,
                    "downstream_actor_ids",
                    RandomRows.array(List.of(first)));
            long unused =
                    transaction.insert("actor_dispatcher", rows.complete(schema.table("actor_dispatcher"), dispatcher));
        }
        return first;
    }

    long actor(SqlTransaction transaction, long fragment) throws SQLException {
        Map<String, Object> actor =
                Map.of("fragment_id", fragment, "status", "RUNNING", "worker_id", 1L + random.nextInt(5));
        return transaction.insert("actor", rows.complete(schema.table("actor"), actor));
    }
}
