package io.metawal.connectors.risingwave.simulated;

/** What can stand in a schema. */
enum RelationKind {
    TABLE("table", SimulatedIds.TABLE, 15, 21),
    MATERIALIZED_VIEW("table", SimulatedIds.TABLE, 15, 21),
    /** An index is also a table, of the same id. */
    INDEX("index", SimulatedIds.TABLE, 5, 9),
    SINK("sink", SimulatedIds.TABLE, 11, 13),
    SOURCE("source", SimulatedIds.TABLE, 9, 13),
    SUBSCRIPTION("subscription", SimulatedIds.TABLE, 13, 3),
    VIEW("view", SimulatedIds.TABLE, 5, 7),
    FUNCTION("function", SimulatedIds.FUNCTION, 9, 13),
    CONNECTION("connection", SimulatedIds.CONNECTION, 6, 8),
    SECRET("secret", SimulatedIds.SECRET, 5, 4);

    /** After {@code cf/catalog_}. */
    final String family;

    final String idCategory;

    /** Numbers of the fields for the owner and for what it is defined by. */
    final int ownerField;

    final int definitionField;

    RelationKind(String family, String idCategory, int ownerField, int definitionField) {
        this.family = family;
        this.idCategory = idCategory;
        this.ownerField = ownerField;
        this.definitionField = definitionField;
    }

    boolean isIn(SimulationSettings settings) {
        return switch (this) {
            case SUBSCRIPTION -> settings.since(1, 8);
            case SECRET -> settings.since(1, 10);
            default -> true;
        };
    }

    /** Whether it runs, and so has fragments and state. */
    boolean isJob() {
        return isTable() || this == SINK;
    }

    /** Whether the state has a table under the relation's own id. */
    boolean isTable() {
        return this == TABLE || this == MATERIALIZED_VIEW || this == INDEX;
    }
}
