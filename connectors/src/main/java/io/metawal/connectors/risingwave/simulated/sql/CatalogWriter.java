package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is created, altered and dropped in one database. For one thread, beside others for other databases. */
final class CatalogWriter {
    private static final int SCHEMAS_MAX = 5;

    private final SimulatedStore store;
    private final Connection connection;
    private final RandomGenerator random;
    private final SimulatedClock clock;
    private final HummockWriter hummock;
    private final RelationInserts inserts;
    private final List<SqlRelation.Kind> kinds = new ArrayList<>(Arrays.asList(SqlRelation.Kind.values()));
    private final List<Long> schemas = new ArrayList<>();
    private final List<SqlRelation> relations = new ArrayList<>();
    private final Set<Long> loading = new HashSet<>();
    private long database;
    private int names;

    CatalogWriter(
            SimulatedStore store,
            Connection connection,
            RandomGenerator random,
            SimulatedClock clock,
            HummockWriter hummock) {
        this.store = store;
        this.connection = connection;
        this.random = random;
        this.clock = clock;
        this.hummock = hummock;
        this.inserts = new RelationInserts(store.schema(), random, clock);
        if (!store.schema().table("connection").has("params")) {
            // The migration that adds it fails where there are connections.
            kinds.remove(SqlRelation.Kind.CONNECTION);
        }
    }

    /** The database that every cluster has. */
    CatalogWriter ofDev() {
        database = 1;
        schemas.add(2L);
        return this;
    }

    /** A database of its own. */
    CatalogWriter ofNew(String name) throws SQLException {
        SqlTransaction created = store.begin(connection);
        long id = inserts.object(created, "DATABASE", 1, null, null);
        long unused = inserts.insert(created, "database", Map.of("database_id", id, "name", name));
        List<Long> made = new ArrayList<>();
        for (String schema : List.of("public", "pg_catalog", "information_schema", "rw_catalog")) {
            made.add(schema(created, id, schema));
        }
        created.commit("database " + name + " created", () -> {
            database = id;
            schemas.add(made.get(0));
        });
        notifyOfIt();
        return this;
    }

    private long schema(SqlTransaction transaction, long in, String name) throws SQLException {
        long id = inserts.object(transaction, "SCHEMA", 1, in, null);
        long unused = inserts.insert(transaction, "schema", Map.of("schema_id", id, "name", name));
        return id;
    }

    int relations() {
        return relations.size();
    }

    long anyObject() {
        return relations.isEmpty()
                ? schemas.get(0)
                : relations.get(random.nextInt(relations.size())).id();
    }

    long database() {
        return database;
    }

    /** Creates one; sometimes that fails before it is committed, or is cancelled after. */
    void create() throws SQLException {
        SqlRelation.Kind kind = kinds.get(random.nextInt(kinds.size()));
        SqlRelation on = anyTable();
        if (on == null && (kind == SqlRelation.Kind.INDEX || kind == SqlRelation.Kind.SUBSCRIPTION)) {
            return;
        }
        boolean reads = kind == SqlRelation.Kind.TABLE || kind == SqlRelation.Kind.SOURCE;
        long schema = schemas.get(random.nextInt(schemas.size()));
        SqlTransaction begun = store.begin(connection);
        if (random.nextInt(12) == 0) {
            begun.undone(inner -> {
                SqlRelation unused = inserts.relation(inner, kind, database, schema, reads ? null : on);
            });
        }
        SqlRelation made = inserts.relation(begun, kind, database, schema, reads ? null : on);
        if (random.nextInt(12) == 0) {
            begun.rollback();
            return;
        }
        begun.commit(kind + " " + made.id() + " begun", () -> relations.add(made));
        if (kind.isJob()) {
            hummock.commitEpoch(made.stateTables());
            if (random.nextInt(12) == 0) {
                drop(made);
                return;
            }
            SqlTransaction finished = store.begin(connection);
            finished.update("streaming_job", Map.of("job_id", made.id()), Map.of("job_status", "CREATED"));
            finished.update("object", Map.of("oid", made.id()), Map.of("created_at", clock.text()));
            finished.commit(kind + " " + made.id() + " created");
        }
        notifyOfIt();
    }

    private @Nullable SqlRelation anyTable() {
        List<SqlRelation> tables = relations.stream()
                .filter(relation -> relation.kind().hasTable())
                .toList();
        return tables.isEmpty() ? null : tables.get(random.nextInt(tables.size()));
    }

    void drop() throws SQLException {
        if (!relations.isEmpty()) {
            drop(relations.get(random.nextInt(relations.size())));
        }
    }

    /** Tables in Hummock first, then the objects, and with them whatever refers to them: all that reads from it goes, too. */
    private void drop(SqlRelation relation) throws SQLException {
        List<SqlRelation> gone = new ArrayList<>(List.of(relation));
        for (int i = 0; i < gone.size(); i++) {
            long id = gone.get(i).id();
            relations.stream().filter(it -> it.on() == id && !gone.contains(it)).forEach(gone::add);
        }
        List<Integer> tables = new ArrayList<>();
        gone.forEach(it -> tables.addAll(it.stateTables()));
        hummock.drop(tables);
        SqlTransaction dropped = store.begin(connection);
        for (SqlRelation one : gone) {
            for (long table : one.internal()) {
                int unused = dropped.delete("object", Map.of("oid", table));
            }
            int unused = dropped.delete("object", Map.of("oid", one.id()));
        }
        dropped.commit(gone.stream().map(SqlRelation::id).toList() + " dropped", () -> relations.removeAll(gone));
        notifyOfIt();
    }

    /** Renames one, changes its parallelism, or moves on what a fragment is about, but for the plan. */
    void alter() throws SQLException {
        if (relations.isEmpty()) {
            return;
        }
        SqlRelation relation = relations.get(random.nextInt(relations.size()));
        SqlTransaction altered = store.begin(connection);
        if (relation.kind().hasTable() && random.nextBoolean()) {
            String name = "renamed_" + names++ + "_" + relation.id();
            altered.update(
                    "table",
                    Map.of("table_id", relation.id()),
                    Map.of("name", name, "definition", RelationInserts.definition(name)));
        }
        if (relation.kind().isJob()) {
            altered.update(
                    "streaming_job",
                    Map.of("job_id", relation.id()),
                    Map.of("max_parallelism", 64L + random.nextInt(64)));
        }
        for (long fragment : relation.fragments()) {
            altered.update("fragment", Map.of("fragment_id", fragment), Map.of("fragment_type_mask", (long)
                    random.nextInt(4096)));
            if (!store.schema().has("fragment_splits")) {
                rescale(altered, fragment);
            }
        }
        altered.commit(relation.kind() + " " + relation.id() + " altered");
        notifyOfIt();
    }

    private void rescale(SqlTransaction transaction, long fragment) throws SQLException {
        if (random.nextInt(3) == 0) {
            int unused = transaction.delete("actor", Map.of("fragment_id", fragment));
            long actor =
                    new FragmentInserts(store.schema(), random, new RandomRows(random)).actor(transaction, fragment);
            transaction.update("actor", Map.of("actor_id", actor), Map.of("status", "INACTIVE"));
        }
    }

    void changeSchemas() throws SQLException {
        if (schemas.size() < SCHEMAS_MAX) {
            SqlTransaction created = store.begin(connection);
            long id = schema(created, database, "s" + names++);
            created.commit("schema " + id + " created", () -> schemas.add(id));
        } else {
            long id = schemas.get(schemas.size() - 1);
            List<SqlRelation> within = relations.stream()
                    .filter(relation -> relation.schema() == id)
                    .toList();
            if (!within.isEmpty()) {
                return;
            }
            SqlTransaction dropped = store.begin(connection);
            int unused = dropped.delete("object", Map.of("oid", id));
            dropped.commit("schema " + id + " dropped", () -> schemas.remove(id));
        }
        notifyOfIt();
    }

    /** What some tables have besides: jobs that refresh them, and parts of what they are loaded from. */
    void load() throws SQLException {
        SqlRelation table = anyTable();
        if (table == null || !store.schema().has("refresh_job")) {
            return;
        }
        SqlTransaction loaded = store.begin(connection);
        if (loading.contains(table.id())) {
            loaded.update(
                    "refresh_job",
                    Map.of("table_id", table.id()),
                    Map.of("current_status", "REFRESHING", "last_trigger_time", (long) random.nextInt(1000)));
            loaded.update(
                    "cdc_table_snapshot_splits",
                    Map.of("table_id", table.id(), "split_id", 1L),
                    Map.of("is_backfill_finished", 1L));
        } else {
            long unused = loaded.insert(
                    "refresh_job",
                    Map.of("table_id", table.id(), "current_status", "IDLE", "trigger_interval_secs", 60L));
            RandomRows rows = new RandomRows(random);
            for (long split = 1; split <= 3; split++) {
                unused = loaded.insert(
                        "cdc_table_snapshot_splits",
                        Map.of(
                                "table_id", table.id(),
                                "split_id", split,
                                "left", rows.bytes(20),
                                "right", rows.bytes(20),
                                "is_backfill_finished", 0L));
            }
        }
        loaded.commit("table " + table.id() + " loaded", () -> loading.add(table.id()));
    }

    /** Drops the whole database, and with it whatever is in it. */
    void dropDatabase() throws SQLException {
        List<Integer> tables = new ArrayList<>();
        relations.forEach(relation -> tables.addAll(relation.stateTables()));
        hummock.drop(tables);
        SqlTransaction dropped = store.begin(connection);
        if (store.engine() == SqlEngine.MARIADB || store.engine() == SqlEngine.MYSQL) {
            // It goes no deeper than fifteen rows that refer to each other; here schemas first.
            for (SqlRelation relation : relations) {
                int unused = dropped.delete("object", Map.of("oid", relation.id()));
            }
        }
        int unused = dropped.delete("object", Map.of("oid", database));
        dropped.commit("database " + database + " dropped", relations::clear);
        notifyOfIt();
    }

    /** Every notification has a number, taken in a transaction of its own. */
    void notifyOfIt() throws SQLException {
        SqlTransaction notified = store.begin(connection);
        notified.add("catalog_version", Map.of("name", "NOTIFICATION"), "version", 1);
        notified.commit("notification version");
    }
}
