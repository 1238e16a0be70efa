package io.metawal.connectors.sql.row;

import org.jspecify.annotations.Nullable;

/**
 * What a transaction did to one row.
 *
 * @param key its primary key, in columns by name
 * @param after the whole row as it is then; null where it is deleted
 */
public record RowChange(
        SqlTable table, SqlRow key, @Nullable SqlRow after) {
    /** The row's place: see {@link SqlRow#key}. */
    public String place() {
        return key.key(table.primaryKey());
    }
}
