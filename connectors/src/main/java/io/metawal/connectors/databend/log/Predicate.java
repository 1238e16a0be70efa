package io.metawal.connectors.databend.log;

import java.util.List;

/** When a branch is taken. */
public sealed interface Predicate {
    Predicate TRUE = new And(List.of());

    /** All hold. */
    record And(List<Predicate> members) implements Predicate {}

    /** One holds, or there is none. */
    record Any(List<Predicate> members) implements Predicate {}

    /** As {@link ServerRules.Or} has it. */
    record Or(List<Predicate> members) implements Predicate {}

    /** A condition holds. */
    record Leaf(Condition condition) implements Predicate {}
}
