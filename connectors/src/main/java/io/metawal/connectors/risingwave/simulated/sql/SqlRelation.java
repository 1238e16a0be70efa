package io.metawal.connectors.risingwave.simulated.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Something in a schema, by its object id.
 *
 * @param on what it reads from, and goes with; 0 for nothing
 * @param internal tables of its state beside its own
 * @param fragments that it runs as
 */
record SqlRelation(Kind kind, long id, long schema, long on, List<Long> internal, List<Long> fragments) {
    SqlRelation {
        internal = List.copyOf(internal);
        fragments = List.copyOf(fragments);
    }

    /** What it is; the words of {@code object.obj_type}. */
    enum Kind {
        TABLE,
        SOURCE,
        SINK,
        MATERIALIZED_VIEW,
        INDEX,
        VIEW,
        FUNCTION,
        CONNECTION,
        SECRET,
        SUBSCRIPTION;

        String objectType() {
            return this == MATERIALIZED_VIEW ? "TABLE" : name();
        }

        /** Whether it runs, and so has fragments and state. */
        boolean isJob() {
            return hasTable() || this == SINK;
        }

        /** Whether a table has its id. */
        boolean hasTable() {
            return this == TABLE || this == MATERIALIZED_VIEW || this == INDEX;
        }
    }

    /** Tables that Hummock keeps for it. */
    List<Integer> stateTables() {
        List<Integer> tables = new ArrayList<>();
        internal.forEach(table -> tables.add(table.intValue()));
        if (kind.hasTable()) {
            tables.add((int) id);
        }
        return tables;
    }
}
