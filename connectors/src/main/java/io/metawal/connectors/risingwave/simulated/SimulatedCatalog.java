package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.CatalogRelation;
import io.metawal.connectors.risingwave.proto.CatalogSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Databases, schemas and what is in them. All that it knows stands in the rows, too: a restart reads it from there. */
final class SimulatedCatalog {
    private static final int DATABASES_MAX = 4;
    private static final int SCHEMAS_MAX = 12;

    private final SimulationSettings settings;
    private final RandomGenerator random;
    private final SimulatedRows rows;
    private final SimulatedIds ids;
    private final RelationRows writer;
    private final List<Relation> relations = new ArrayList<>();

    /** The databases of schemas. */
    private final Map<Integer, Integer> schemas = new TreeMap<>();

    SimulatedCatalog(SimulationSettings settings, RandomGenerator random, SimulatedRows rows, SimulatedIds ids) {
        this.settings = settings;
        this.random = random;
        this.rows = rows;
        this.ids = ids;
        this.writer = new RelationRows(random, ids);
    }

    /** @param internal tables of its state beside its own */
    record Relation(RelationKind kind, int id, int schema, List<Integer> internal) {
        List<Integer> stateTables() {
            List<Integer> tables = new ArrayList<>(internal);
            if (kind.isTable()) {
                tables.add(id);
            }
            return tables;
        }
    }

    void bootstrap() {
        int dev = createDatabase("dev");
        rows.commit(new MetaTransaction().put(notification(), EtcdKeys.counter(1)), "notification version");
        if (dev != 0) {
            throw new IllegalStateException("database dev has id " + dev);
        }
    }

    boolean isFull() {
        return relations.size() >= settings.relationsMax();
    }

    /** Rows that the job needs before it runs; its relation is known once {@link #finish} is done. */
    Relation begin() {
        List<RelationKind> kinds = new ArrayList<>(Arrays.asList(RelationKind.values()));
        kinds.removeIf(kind -> !kind.isIn(settings));
        Relation relation = newRelation(Tables.any(random, kinds));
        if (relation.kind.isJob()) {
            MetaTransaction begun = new MetaTransaction()
                    .put(EtcdKeys.number(EtcdKeys.FRAGMENTS, relation.id), writer.fragments(relation, 1));
            begun.put(EtcdKeys.text(EtcdKeys.DEFAULT, "table_revision"), bumped("table_revision"));
            rows.commit(begun, "fragments of " + relation.kind + " " + relation.id);
        }
        return relation;
    }

    private Relation newRelation(RelationKind kind) {
        int id = (int) ids.next(kind.idCategory);
        List<Integer> internal = new ArrayList<>();
        int count = kind.isJob() ? random.nextInt(3) + (kind.isTable() ? 0 : 1) : 0;
        for (int i = 0; i < count; i++) {
            internal.add((int) ids.next(SimulatedIds.TABLE));
        }
        int schema = Tables.any(random, new ArrayList<>(schemas.keySet()));
        return new Relation(kind, id, schema, internal);
    }

    void finish(Relation relation) {
        MetaTransaction finished = new MetaTransaction();
        writer.put(finished, relation, databaseOf(relation), 1);
        rows.commit(finished, relation.kind + " " + relation.id + " created", () -> relations.add(relation));
        notifyOfIt();
        if (relation.kind.isJob()) {
            rows.commit(
                    new MetaTransaction()
                            .put(EtcdKeys.number(EtcdKeys.FRAGMENTS, relation.id), writer.fragments(relation, 2)),
                    "fragments of " + relation.kind + " " + relation.id + " run");
        }
    }

    private int databaseOf(Relation relation) {
        return schemas.getOrDefault(relation.schema, 0);
    }

    /** Drops one, and says which tables its state was in. */
    List<Integer> drop() {
        if (relations.isEmpty()) {
            return List.of();
        }
        return drop(List.of(Tables.any(random, relations)), new MetaTransaction(), "");
    }

    private List<Integer> drop(List<Relation> dropped, MetaTransaction transaction, String with) {
        dropped.forEach(relation -> RelationRows.keys(relation).forEach(transaction::delete));
        String names = dropped.stream().map(it -> it.kind + " " + it.id).toList() + with;
        rows.commit(transaction, names + " dropped", () -> relations.removeAll(dropped));
        notifyOfIt();
        MetaTransaction fragments = new MetaTransaction();
        dropped.stream()
                .filter(relation -> relation.kind.isJob())
                .forEach(relation -> fragments.delete(EtcdKeys.number(EtcdKeys.FRAGMENTS, relation.id)));
        if (!fragments.deletes().isEmpty()) {
            rows.commit(fragments, "fragments of " + names + " dropped");
        }
        return dropped.stream().flatMap(it -> it.stateTables().stream()).toList();
    }

    /** Renames one, which rewrites its row; its definition is another one, too. */
    void alter() {
        if (!relations.isEmpty()) {
            Relation relation = Tables.any(random, relations);
            MetaTransaction altered = new MetaTransaction();
            writer.put(altered, relation, databaseOf(relation), 2);
            rows.commit(altered, relation.kind + " " + relation.id + " altered");
            notifyOfIt();
        }
    }

    /** Creates or drops a schema or a database; returns the tables that go with it. */
    List<Integer> changeSchemas() {
        Set<Integer> databases = new TreeSet<>(schemas.values());
        if (random.nextInt(3) == 0 && databases.size() < DATABASES_MAX) {
            int unused = createDatabase("db" + random.nextInt(1000));
            notifyOfIt();
        } else if (random.nextBoolean() && schemas.size() < SCHEMAS_MAX) {
            MetaTransaction created = new MetaTransaction();
            int database = Tables.any(random, List.copyOf(databases));
            int schema = putSchema(created, database, "s" + random.nextInt(1000));
            rows.commit(created, "schema " + schema + " created", () -> schemas.put(schema, database));
            notifyOfIt();
        } else {
            return dropSchemas(databases);
        }
        return List.of();
    }

    private List<Integer> dropSchemas(Set<Integer> databases) {
        int database = Tables.any(random, List.copyOf(databases));
        if (database == 0) {
            return List.of();
        }
        MetaTransaction dropped = new MetaTransaction().delete(EtcdKeys.catalog("database", database));
        Set<Integer> gone = new TreeSet<>(schemas.keySet());
        gone.removeIf(schema -> schemas.getOrDefault(schema, 0) != database);
        gone.forEach(schema -> dropped.delete(EtcdKeys.catalog("schema", schema)));
        List<Relation> within =
                relations.stream().filter(it -> gone.contains(it.schema)).toList();
        List<Integer> tables = drop(within, dropped, " with database " + database);
        schemas.keySet().removeAll(gone);
        return tables;
    }

    private int createDatabase(String name) {
        MetaTransaction created = new MetaTransaction();
        Map<Integer, Integer> made = new TreeMap<>();
        int database = (int) ids.next(SimulatedIds.DATABASE);
        created.put(
                EtcdKeys.catalog("database", database),
                new RawMessage().number(1, database).text(2, name).number(3, 1).encoded());
        for (String schema : List.of("public", "pg_catalog", "information_schema", "rw_catalog")) {
            made.put(putSchema(created, database, schema), database);
        }
        rows.commit(created, "database " + name + " created", () -> schemas.putAll(made));
        return database;
    }

    private int putSchema(MetaTransaction transaction, int database, String name) {
        int schema = (int) ids.next(SimulatedIds.SCHEMA);
        transaction.put(
                EtcdKeys.catalog("schema", schema),
                new RawMessage()
                        .number(1, schema)
                        .number(2, database)
                        .text(3, name)
                        .number(4, 1)
                        .encoded());
        return schema;
    }

    /** Every notification has a number, taken in a transaction of its own. */
    void notifyOfIt() {
        rows.commit(new MetaTransaction().put(notification(), bumped("notification_version")), "notification version");
    }

    private static ByteString notification() {
        return EtcdKeys.text(EtcdKeys.DEFAULT, "notification_version");
    }

    private ByteString bumped(String counter) {
        ByteString stored = rows.find(EtcdKeys.text(EtcdKeys.DEFAULT, counter));
        return EtcdKeys.counter(stored == null ? 1 : EtcdKeys.counterOf(stored) + 1);
    }

    /** So many materialized views, a thousand rows at a time; the first one's id. Their own tables are all their state. */
    int prefill(int count) {
        int first = (int) ids.next(SimulatedIds.TABLE, count);
        int schema = schemas.keySet().iterator().next();
        for (int done = 0; done < count; ) {
            MetaTransaction some = new MetaTransaction();
            List<Relation> made = new ArrayList<>();
            for (; made.size() < 1000 && done < count; done++) {
                Relation relation = new Relation(RelationKind.MATERIALIZED_VIEW, first + done, schema, List.of());
                made.add(relation);
                some.put(EtcdKeys.number(EtcdKeys.FRAGMENTS, relation.id), writer.fragments(relation, 2));
                writer.put(some, relation, databaseOf(relation), 1);
            }
            rows.commit(some, "relations up to " + (first + done - 1), () -> relations.addAll(made));
        }
        return first;
    }

    /** After a crash: what is in the rows is all there is; jobs that were not finished are cleaned away. */
    Set<Integer> restart() {
        load();
        MetaTransaction cleaned = new MetaTransaction();
        Set<Integer> tables = new TreeSet<>();
        Set<Integer> jobs = new TreeSet<>();
        relations.forEach(relation -> {
            tables.addAll(relation.stateTables());
            if (relation.kind.isJob()) {
                jobs.add(relation.id);
            }
        });
        for (ByteString key : rows.of(EtcdKeys.FRAGMENTS).keySet()) {
            if (!jobs.contains((int) EtcdKeys.numberOf(EtcdKeys.FRAGMENTS, key))) {
                cleaned.delete(key);
            }
        }
        if (!cleaned.deletes().isEmpty()) {
            rows.commit(cleaned, "fragments of unfinished jobs cleaned away");
        }
        return tables;
    }

    private void load() {
        schemas.clear();
        relations.clear();
        try {
            for (ByteString row : rows.of("cf/catalog_schema").values()) {
                CatalogSchema schema = CatalogSchema.parseFrom(row);
                schemas.put(schema.getId(), schema.getDatabaseId());
            }
            relations.addAll(RelationRows.read(rows));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a row of the catalog is no " + CatalogRelation.class.getSimpleName(), e);
        }
    }
}
