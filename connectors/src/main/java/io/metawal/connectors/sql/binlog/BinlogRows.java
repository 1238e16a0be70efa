package io.metawal.connectors.sql.binlog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one table that a statement wrote, changed or removed.
 *
 * @param complete whether every column is told, as with {@code binlog_row_image=FULL}
 * @param foreignKeys whether the session had foreign keys followed; what a cascade then does to other tables is not in the log
 */
public record BinlogRows(Table table, List<Pair> pairs, boolean complete, boolean foreignKeys) {
    /**
     * A table as the log describes it at that place.
     *
     * @param types of its columns, in their order: the protocol's numbers
     * @param metadata of each type; what it means depends on the type
     */
    public record Table(String database, String name, List<Integer> types, List<Integer> metadata) {
        @Override
        public String toString() {
            return database + "." + name;
        }
    }

    /**
     * A row before and after; null where there was, or is, none. Cells, in the order of the columns, are {@code Long} (whole numbers as if they
     * had a sign, a year, the index of an enum, the bits of a set), {@code Float}, {@code Double}, {@code BigDecimal}, {@code String} for
     * JSON, and for times, as the server prints them in UTC, {@code byte[]} for all else, and null.
     */
    public record Pair(
            @Nullable List<@Nullable Object> before,
            @Nullable List<@Nullable Object> after) {}
}
