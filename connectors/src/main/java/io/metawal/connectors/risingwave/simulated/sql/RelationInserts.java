package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The rows of one relation: object, dependencies, what it is, the job that fills it and its fragments. */
final class RelationInserts {
    private final LevelSchema schema;
    private final RandomGenerator random;
    private final RandomRows rows;
    private final SimulatedClock clock;

    RelationInserts(LevelSchema schema, RandomGenerator random, SimulatedClock clock) {
        this.schema = schema;
        this.random = random;
        this.rows = new RandomRows(random);
        this.clock = clock;
    }

    /** A row with these values in which the columns of no meaning are random. */
    long insert(SqlTransaction transaction, String table, Map<String, ? extends @Nullable Object> given)
            throws SQLException {
        return transaction.insert(table, rows.complete(schema.table(table), given));
    }

    long object(SqlTransaction transaction, String type, long owner, @Nullable Long inDatabase, @Nullable Long inSchema)
            throws SQLException {
        Map<String, @Nullable Object> object = new HashMap<>();
        object.put("obj_type", type);
        object.put("owner_id", owner);
        object.put("database_id", inDatabase);
        object.put("schema_id", inSchema);
        object.put("initialized_at", clock.text());
        object.put("created_at", clock.text());
        return insert(transaction, "object", object);
    }

    /** @param on what it reads from; null for nothing */
    SqlRelation relation(
            SqlTransaction transaction, SqlRelation.Kind kind, long database, long inSchema, @Nullable SqlRelation on)
            throws SQLException {
        long id = object(transaction, kind.objectType(), 1 + random.nextInt(2), database, inSchema);
        if (on != null) {
            long unused = transaction.insert("object_dependency", Map.of("oid", on.id(), "used_by", id));
        }
        List<Long> internal = new ArrayList<>();
        List<Long> fragments = new ArrayList<>();
        if (kind.isJob()) {
            job(transaction, id);
            for (int i = random.nextInt(3) + (kind.hasTable() ? 0 : 1); i > 0; i--) {
                internal.add(object(transaction, "TABLE", 1, database, inSchema));
            }
            new FragmentInserts(schema, random, rows).insert(transaction, id, internal, on, fragments);
        }
        long fragment = fragments.isEmpty() ? 0 : fragments.get(0);
        for (long table : internal) {
            table(transaction, table, "__internal_" + id + "_" + table, "INTERNAL", id, fragment);
        }
        if (kind.hasTable()) {
            table(transaction, id, name(kind, id), kind.name(), kind == SqlRelation.Kind.INDEX ? id : null, fragment);
        }
        special(transaction, kind, id, on);
        return new SqlRelation(kind, id, inSchema, on == null ? 0 : on.id(), internal, fragments);
    }

    private void job(SqlTransaction transaction, long id) throws SQLException {
        Map<String, @Nullable Object> job = new HashMap<>();
        job.put("job_id", id);
        job.put("job_status", "CREATING");
        job.put("create_type", random.nextBoolean() ? "BACKGROUND" : "FOREGROUND");
        job.put("parallelism", random.nextBoolean() ? "\"Adaptive\"" : "{\"Fixed\": " + (1 + random.nextInt(8)) + "}");
        long unused = insert(transaction, "streaming_job", job);
    }

    static String name(SqlRelation.Kind kind, long id) {
        return kind.name().toLowerCase(Locale.ROOT) + "_" + id;
    }

    private void table(SqlTransaction transaction, long id, String name, String type, @Nullable Long job, long fragment)
            throws SQLException {
        Map<String, @Nullable Object> table = new HashMap<>();
        table.put("table_id", id);
        table.put("name", name);
        table.put("table_type", type);
        table.put("belongs_to_job_id", job);
        table.put("fragment_id", fragment);
        table.put("definition", definition(name));
        table.put("handle_pk_conflict_behavior", random.nextBoolean() ? "OVERWRITE" : "NO_CHECK");
        if (schema.table("table").has("engine")) {
            table.put("engine", random.nextBoolean() ? "HUMMOCK" : null);
        }
        long unused = insert(transaction, "table", table);
    }

    static String definition(String name) {
        return "CREATE … \"" + name + "\" AS SELECT 'é', count(*) FROM t -- " + name;
    }

    private void special(SqlTransaction transaction, SqlRelation.Kind kind, long id, @Nullable SqlRelation on)
            throws SQLException {
        String name = name(kind, id);
        Map<String, @Nullable Object> row = new HashMap<>(Map.of("name", name));
        switch (kind) {
            case TABLE, MATERIALIZED_VIEW -> {
                return;
            }
            case SOURCE ->
                row.putAll(
                        Map.of("source_id", id, "definition", definition(name), "version", (long) random.nextInt(100)));
            case SINK ->
                row.putAll(Map.of(
                        "sink_id",
                        id,
                        "definition",
                        definition(name),
                        "sink_type",
                        random.nextBoolean() ? "APPEND_ONLY" : "UPSERT",
                        "db_name",
                        "dev",
                        "sink_from_name",
                        "t"));
            case INDEX ->
                row.putAll(Map.of("index_id", id, "index_table_id", id, "primary_table_id", on == null ? id : on.id()));
            case VIEW -> row.putAll(Map.of("view_id", id, "definition", definition(name)));
            case FUNCTION ->
                row.putAll(Map.of("function_id", id, "arg_names", "a,b", "language", "sql", "kind", "Scalar"));
            case CONNECTION -> row.put("connection_id", id);
            case SECRET -> row.put("secret_id", id);
            case SUBSCRIPTION ->
                row.putAll(Map.of(
                        "subscription_id",
                        id,
                        "definition",
                        definition(name),
                        "retention_seconds",
                        86_400L,
                        "subscription_state",
                        1L,
                        "dependent_table_id",
                        on == null ? id : on.id()));
        }
        long unused = insert(transaction, kind.name().toLowerCase(Locale.ROOT), row);
    }
}
