package io.metawal.connectors.risingwave.simulated.sql;

/**
 * A column of a table of a meta store.
 *
 * @param length of a text with a limit of its own; 0 for none
 * @param nullable whether it may be NULL
 * @param counts whether the database hands out its values
 * @param defaultValue a literal, or {@code now}; empty for none
 */
record LevelColumn(String name, ColumnKind kind, int length, boolean nullable, boolean counts, String defaultValue) {

    LevelColumn renamed(String to) {
        return new LevelColumn(to, kind, length, nullable, counts, defaultValue);
    }

    LevelColumn retyped(LevelColumn as) {
        return new LevelColumn(name, as.kind, as.length, as.nullable, counts, defaultValue);
    }
}
