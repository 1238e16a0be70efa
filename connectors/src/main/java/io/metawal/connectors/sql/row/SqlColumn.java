package io.metawal.connectors.sql.row;

/**
 * A column as the database describes it.
 *
 * @param declared its type in the database's own words, such as {@code character varying(255)}
 * @param defaultExpression in the database's own words; empty for none
 */
public record SqlColumn(
        String name, SqlType type, String declared, boolean nullable, String defaultExpression, Counting counting) {

    /** Whether the database hands out its values, counting up. */
    public enum Counting {
        NONE,
        /** A PostgreSQL {@code serial} or identity, MySQL's {@code AUTO_INCREMENT}, SQLite's {@code INTEGER PRIMARY KEY}. */
        UP
    }

    public boolean countsUp() {
        return counting == Counting.UP;
    }
}
