package io.metawal.connectors.sql.cdc;

/**
 * How Debezium tells a field.
 *
 * @param type the type in the record's schema, such as {@code INT64}, {@code STRING}, {@code BYTES}
 * @param name what it stands for, such as {@code io.debezium.time.MicroTimestamp}; empty for the plain type
 */
public record FieldForm(String type, String name) {
    @Override
    public String toString() {
        return name.isEmpty() ? type : name + " (" + type + ")";
    }
}
