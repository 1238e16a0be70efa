package io.metawal.connectors.databend.log;

import java.util.List;

/** When a branch is taken. An {@code Or} whose members are all false is true in the servers that were read, and here. */
public sealed interface Predicate {
    Predicate TRUE = new And(List.of());

    /** All hold. */
    record And(List<Predicate> members) implements Predicate {}

    /** One holds. */
    record Or(List<Predicate> members) implements Predicate {}

    /** A condition holds. */
    record Leaf(Condition condition) implements Predicate {}
}
