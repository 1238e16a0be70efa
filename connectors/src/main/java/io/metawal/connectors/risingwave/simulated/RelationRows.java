package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.CatalogRelation;
import io.metawal.connectors.risingwave.proto.CatalogSecret;
import io.metawal.connectors.risingwave.proto.CatalogSubscription;
import io.metawal.connectors.risingwave.simulated.SimulatedCatalog.Relation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Relations as rows: their own, those of the tables of their state, and their fragments. */
final class RelationRows {
    private static final int TYPE_FIELD = 10;
    private static final int INTERNAL = 4;
    private static final String INTERNAL_NAME = "__internal_";

    private final RandomGenerator random;
    private final SimulatedIds ids;

    RelationRows(RandomGenerator random, SimulatedIds ids) {
        this.random = random;
        this.ids = ids;
    }

    void put(MetaTransaction transaction, Relation relation, int database, int version) {
        RelationKind kind = relation.kind();
        String name = kind.name().toLowerCase(Locale.ROOT) + "_" + relation.id() + "_v" + version;
        transaction.put(
                EtcdKeys.catalog(kind.family, relation.id()),
                row(kind, relation, database, name).encoded());
        if (kind == RelationKind.INDEX) {
            transaction.put(
                    EtcdKeys.catalog("table", relation.id()), table(relation.id(), relation, database, name, 3));
        }
        for (int table : relation.internal()) {
            String internalName = INTERNAL_NAME + relation.id() + "_" + table;
            transaction.put(EtcdKeys.catalog("table", table), table(table, relation, database, internalName, INTERNAL));
        }
    }

    private RawMessage row(RelationKind kind, Relation relation, int database, String name) {
        String definition = "CREATE " + kind + " " + name + " AS SELECT " + random.nextInt();
        RawMessage row = new RawMessage().number(1, relation.id()).number(kind.ownerField, 1);
        switch (kind) {
            case SUBSCRIPTION ->
                row.text(2, name)
                        .number(6, 86400)
                        .number(8, database)
                        .number(9, relation.schema())
                        .text(kind.definitionField, definition);
            case SECRET -> {
                byte[] secret = new byte[32];
                random.nextBytes(secret);
                row.text(2, name)
                        .number(3, database)
                        .number(6, relation.schema())
                        .bytes(kind.definitionField, ByteString.copyFrom(secret));
            }
            default ->
                row.number(2, relation.schema())
                        .number(3, database)
                        .text(4, name)
                        .text(kind.definitionField, definition);
        }
        if (kind == RelationKind.INDEX) {
            row.number(6, relation.id());
        } else if (kind.isTable()) {
            row.number(TYPE_FIELD, kind == RelationKind.TABLE ? 1 : 2).message(5, column());
        }
        return row;
    }

    private ByteString table(int id, Relation relation, int database, String name, int type) {
        return new RawMessage()
                .number(1, id)
                .number(2, relation.schema())
                .number(3, database)
                .text(4, name)
                .message(5, column())
                .number(TYPE_FIELD, type)
                .number(15, 1)
                .encoded();
    }

    private RawMessage column() {
        RawMessage description = new RawMessage().number(2, 1).text(3, "c" + random.nextInt(100));
        return new RawMessage().message(1, description);
    }

    /** TableFragments; one fragment with one actor for each table of state. */
    ByteString fragments(Relation relation, int state) {
        RawMessage message = new RawMessage().number(1, relation.id()).number(2, state);
        for (int table : relation.stateTables()) {
            long fragment = ids.next(SimulatedIds.FRAGMENT);
            RawMessage actor =
                    new RawMessage().number(1, ids.next(SimulatedIds.ACTOR)).number(2, fragment);
            RawMessage value =
                    new RawMessage().number(1, fragment).message(4, actor).number(6, table);
            message.message(3, new RawMessage().number(1, fragment).message(2, value));
        }
        return message.encoded();
    }

    /** Where a relation stands in the catalog. */
    static List<ByteString> keys(Relation relation) {
        List<ByteString> keys = new ArrayList<>();
        keys.add(EtcdKeys.catalog(relation.kind().family, relation.id()));
        relation.stateTables().forEach(table -> keys.add(EtcdKeys.catalog("table", table)));
        return keys;
    }

    static Collection<Relation> read(SimulatedRows rows) throws InvalidProtocolBufferException {
        List<Relation> relations = new ArrayList<>();
        Map<Integer, List<Integer>> internal = new TreeMap<>();
        for (ByteString row : rows.of("cf/catalog_table").values()) {
            CatalogRelation table = CatalogRelation.parseFrom(row);
            long type = table.getUnknownFields()
                    .getField(TYPE_FIELD)
                    .getVarintList()
                    .get(0);
            if (type == INTERNAL) {
                String job = table.getName().substring(INTERNAL_NAME.length()).replaceAll("_.*", "");
                internal.computeIfAbsent(Integer.parseInt(job), any -> new ArrayList<>())
                        .add(table.getId());
            } else if (type != 3) {
                RelationKind kind = type == 1 ? RelationKind.TABLE : RelationKind.MATERIALIZED_VIEW;
                relations.add(of(kind, table, internal));
            }
        }
        for (RelationKind kind : RelationKind.values()) {
            if (kind.family.equals("table")) {
                continue;
            }
            for (ByteString row : rows.of("cf/catalog_" + kind.family).values()) {
                relations.add(other(kind, row, internal));
            }
        }
        return relations;
    }

    private static Relation other(RelationKind kind, ByteString row, Map<Integer, List<Integer>> internal)
            throws InvalidProtocolBufferException {
        return switch (kind) {
            case SUBSCRIPTION -> {
                CatalogSubscription it = CatalogSubscription.parseFrom(row);
                yield new Relation(kind, it.getId(), it.getSchemaId(), List.of());
            }
            case SECRET -> {
                CatalogSecret it = CatalogSecret.parseFrom(row);
                yield new Relation(kind, it.getId(), it.getSchemaId(), List.of());
            }
            default -> of(kind, CatalogRelation.parseFrom(row), internal);
        };
    }

    private static Relation of(RelationKind kind, CatalogRelation row, Map<Integer, List<Integer>> internal) {
        // Those of a job that come later in the order of keys are added to the same list.
        List<Integer> tables =
                kind.isJob() ? internal.computeIfAbsent(row.getId(), any -> new ArrayList<>()) : List.of();
        return new Relation(kind, row.getId(), row.getSchemaId(), tables);
    }
}
