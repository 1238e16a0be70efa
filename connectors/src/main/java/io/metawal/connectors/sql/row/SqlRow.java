package io.metawal.connectors.sql.row;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A row: values by column name, in the order of the names, so that the order of a table's columns never matters. Values are of the classes
 * that {@link SqlType} names: Boolean, Long, Double, String, ByteString, JsonText, or null.
 */
public final class SqlRow {
    private final SortedMap<String, @Nullable Object> values;

    private SqlRow(SortedMap<String, @Nullable Object> values) {
        this.values = Collections.unmodifiableSortedMap(values);
    }

    public static SqlRow of(Map<String, ? extends @Nullable Object> values) {
        return new SqlRow(new TreeMap<>(values));
    }

    public SortedMap<String, @Nullable Object> values() {
        return values;
    }

    /** The value of a column; null for NULL, and where the row has no such column. */
    public @Nullable Object value(String column) {
        return values.get(column);
    }

    public boolean has(String column) {
        return values.containsKey(column);
    }

    /** This row with another value in a column. */
    public SqlRow with(String column, @Nullable Object value) {
        TreeMap<String, @Nullable Object> changed = new TreeMap<>(values);
        changed.put(column, value);
        return new SqlRow(changed);
    }

    /**
     * Its place among the rows of its table, as the key of an entry: the values of these columns as text joined by {@code /}; in text
     * {@code %} and {@code /} stand as {@code %25} and {@code %2F}, and bytes in hex.
     */
    public String key(List<String> primaryKey) {
        return RowKey.text(this, primaryKey);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SqlRow row && values.equals(row.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
