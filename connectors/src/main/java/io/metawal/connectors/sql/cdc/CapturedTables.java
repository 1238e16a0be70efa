package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** The tables as they were described last, and the rows that the log tells of them. */
final class CapturedTables {
    private final CdcDialect dialect;
    private final Map<String, SqlTable> byName = new TreeMap<>();
    private final Map<String, Schema> forms = new HashMap<>();

    CapturedTables(CdcDialect dialect, Collection<SqlTable> tables) {
        this.dialect = dialect;
        tables.forEach(table -> byName.put(table.name(), table));
    }

    Collection<SqlTable> all() {
        return List.copyOf(byName.values());
    }

    /** The table that a record is of; {@link MisfitException} where it does not have the record's columns, or is unknown. */
    SqlTable of(FeedRecord record) {
        SqlTable table = byName.get(record.table());
        if (table == null || !table.schema().equals(record.schema())) {
            throw new MisfitException("the log tells of table " + record.schema() + "." + record.table()
                    + ", which was not there when the tables were described");
        }
        if (record.kind() == FeedRecord.Kind.ROW && forms.get(table.name()) != record.form()) {
            compare(table, record.form().field("after").schema());
            forms.put(table.name(), record.form());
        }
        return table;
    }

    private static void compare(SqlTable table, Schema row) {
        Set<String> described = new HashSet<>();
        table.columns().forEach(column -> described.add(column.name()));
        Set<String> told = new HashSet<>();
        row.fields().forEach(field -> told.add(field.name()));
        if (!told.equals(described)) {
            throw new MisfitException("the log tells table " + table + " with columns " + sorted(told)
                    + ", but it was described with " + sorted(described));
        }
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    SqlRow key(SqlTable table, @Nullable Struct key) {
        if (key == null) {
            throw new MisfitException("the log tells a row of table " + table + " without its primary key");
        }
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (String name : table.primaryKey()) {
            Field field = key.schema().field(name);
            if (field == null) {
                throw new MisfitException("the log tells a row of table " + table + " by the key " + names(key.schema())
                        + ", but its primary key is " + table.primaryKey());
            }
            values.put(name, value(table, field, key.get(field)));
        }
        return SqlRow.of(values);
    }

    private static List<String> names(Schema schema) {
        List<String> names = new ArrayList<>();
        schema.fields().forEach(field -> names.add(field.name()));
        return names;
    }

    /** One value of a row; null for NULL. */
    @Nullable
    Object value(SqlTable table, Field field, @Nullable Object told) {
        if (told == null) {
            return null;
        }
        Schema schema = field.schema();
        String name = schema.name() == null ? "" : schema.name();
        try {
            return dialect.value(
                    table.column(field.name()).orElseThrow(),
                    new FieldForm(schema.type().name(), name),
                    told);
        } catch (MisfitException e) {
            throw new MisfitException("table " + table + ": " + e.text());
        }
    }
}
