package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.simulated.Numbers;
import io.metawal.connectors.risingwave.simulated.SimulatedObjects;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.connectors.risingwave.simulated.SqlEraDeltas;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.storage.object.ObjectStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes a large meta store of an empty one, fast: materialized views with their jobs and fragments, and a version of as many tables. No
 * simulation runs on it, and no truth is kept: what is compared with it is a dump of it.
 */
public final class LargeStore {
    private static final long FIRST_OBJECT = 1001;
    private static final long DATABASE = 1;
    private static final long SCHEMA = 2;
    private static final int COMMIT_EVERY = 2000;

    private final SimulationSettings settings;
    private final SqlEngine engine;
    private final LevelSchema schema;
    private final SplittableRandom random;
    private final RandomRows rows;
    private final SimulatedClock clock;

    public LargeStore(SimulationSettings settings, SqlLevel level, SqlEngine engine) {
        this.settings = settings;
        this.engine = engine;
        this.schema = level.schema(engine);
        this.random = new SplittableRandom(settings.seed());
        this.rows = new RandomRows(random);
        this.clock = new SimulatedClock(settings.start(), engine);
    }

    /**
     * Fills a store that {@link SqlLevel#create} made.
     *
     * @param fragments shared out among the objects
     * @param planBytes of each fragment's {@code stream_node}
     * @return the version, which is in {@code checkpoint/0}
     */
    public HummockVersion fill(
            Connection connection, ObjectStore objects, int objectCount, int fragments, int planBytes, int ssts)
            throws SQLException {
        connection.setAutoCommit(false);
        for (int done = 0; done < objectCount; done += COMMIT_EVERY) {
            int count = Math.min(COMMIT_EVERY, objectCount - done);
            objects(connection, FIRST_OBJECT + done, count);
            connection.commit();
        }
        for (int done = 0; done < fragments; done += COMMIT_EVERY) {
            fragments(connection, done, Math.min(COMMIT_EVERY, fragments - done), objectCount, planBytes);
            connection.commit();
        }
        return hummock(connection, objects, objectCount, ssts);
    }

    private void objects(Connection connection, long first, int count) throws SQLException {
        try (BulkInsert objects =
                into(connection, "object", "oid obj_type owner_id schema_id database_id initialized_at created_at")) {
            for (long id = first; id < first + count; id++) {
                objects.add(row(Map.of(
                        "oid",
                        id,
                        "obj_type",
                        "TABLE",
                        "owner_id",
                        1L,
                        "schema_id",
                        SCHEMA,
                        "database_id",
                        DATABASE,
                        "initialized_at",
                        clock.text(),
                        "created_at",
                        clock.text())));
            }
        }
        try (BulkInsert jobs = into(connection, "streaming_job", "job_id job_status create_type parallelism");
                BulkInsert tables = into(
                        connection,
                        "table",
                        schema.table("table").columns().stream()
                                .map(LevelColumn::name)
                                .toList())) {
            for (long id = first; id < first + count; id++) {
                jobs.add(row(Map.of(
                        "job_id", id,
                        "job_status", "CREATED",
                        "create_type", "FOREGROUND",
                        "parallelism", "\"Adaptive\"")));
                tables.add(rows.complete(schema.table("table"), table(id)));
            }
        }
    }

    private Map<String, @Nullable Object> table(long id) {
        Map<String, @Nullable Object> table = new HashMap<>(Map.of(
                "table_id",
                id,
                "name",
                "mv" + id,
                "table_type",
                "MATERIALIZED_VIEW",
                "definition",
                RelationInserts.definition("mv" + id),
                "handle_pk_conflict_behavior",
                "NO_CHECK",
                "vnode_count",
                256L));
        if (schema.table("table").has("refreshable")) {
            table.put("refreshable", false);
        }
        return table;
    }

    private void fragments(Connection connection, int from, int count, int objectCount, int planBytes)
            throws SQLException {
        try (BulkInsert fragments = into(
                connection,
                "fragment",
                "fragment_id job_id fragment_type_mask distribution_type stream_node state_table_ids"
                        + " upstream_fragment_id vnode_count")) {
            for (int i = from; i < from + count; i++) {
                fragments.add(row(Map.of(
                        "fragment_id",
                        i + 1L,
                        "job_id",
                        FIRST_OBJECT + i % objectCount,
                        "fragment_type_mask",
                        (long) random.nextInt(4096),
                        "distribution_type",
                        "HASH",
                        "stream_node",
                        rows.bytes(planBytes),
                        "state_table_ids",
                        RandomRows.array(List.of(FIRST_OBJECT + i % objectCount)),
                        "upstream_fragment_id",
                        "[]",
                        "vnode_count",
                        256L)));
            }
        }
    }

    private HummockVersion hummock(Connection connection, ObjectStore objects, int tables, int ssts)
            throws SQLException {
        Counter counter = new Counter();
        HummockVersion version = SqlEraDeltas.large(random, counter, (int) FIRST_OBJECT, tables, ssts);
        new SimulatedObjects(objects, settings)
                .writeCheckpoint(HummockVersionCheckpoint.newBuilder()
                        .setVersion(version)
                        .build());
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO hummock_sequence (name, seq) VALUES ('sstable_object', " + counter.nextSst
                    + "), ('compaction_group', " + counter.nextGroup + ")");
            statement.execute("INSERT INTO catalog_version (name, version) VALUES ('NOTIFICATION', 1)");
            if (engine == SqlEngine.POSTGRESQL) {
                statement.execute("SELECT setval('object_oid_seq', (SELECT max(oid) FROM object))");
                statement.execute("SELECT setval('fragment_fragment_id_seq', (SELECT max(fragment_id) FROM fragment))");
            }
        }
        connection.commit();
        return version;
    }

    private BulkInsert into(Connection connection, String table, String columns) {
        return into(connection, table, List.of(columns.split(" ")));
    }

    private BulkInsert into(Connection connection, String table, List<String> columns) {
        return new BulkInsert(connection, engine, schema.table(table), columns);
    }

    private static Map<String, @Nullable Object> row(Map<String, Object> values) {
        return new HashMap<>(values);
    }

    private static final class Counter implements Numbers {
        private long nextSst = 1;
        private long nextGroup = 5;

        @Override
        public long ssts(int count) {
            nextSst += count;
            return nextSst - count;
        }

        @Override
        public long group() {
            return nextGroup++;
        }
    }
}
