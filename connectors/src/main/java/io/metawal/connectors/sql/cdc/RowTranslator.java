package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.MismatchException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What records say of rows. A value that the source did not write to its log, since it did not change, is put back. */
final class RowTranslator {
    private final CdcDialect dialect;
    private final CapturedTables tables;
    private final String placeholder;

    RowTranslator(CdcDialect dialect, CapturedTables tables, String placeholder) {
        this.dialect = dialect;
        this.tables = tables;
        this.placeholder = placeholder;
    }

    /** What a record says of rows, behind those before it; a truncation is the deletion of every row that the table has. */
    void translate(FeedRecord record, TransactionRows rows, Consumer<RowChange> changes) throws InterruptedException {
        SqlTable table = tables.of(record);
        if (record.kind() == FeedRecord.Kind.TRUNCATE) {
            rows.truncate(table, key -> changes.accept(new RowChange(table, key, null)));
        } else {
            changes.accept(change(table, record, rows));
        }
    }

    private RowChange change(SqlTable table, FeedRecord record, TransactionRows rows) throws InterruptedException {
        SqlRow key = tables.key(table, record.key());
        Struct after = record.after();
        if (after == null) {
            return new RowChange(table, key, null);
        }
        Struct oldKey = record.oldKey();
        SqlRow from = oldKey == null ? key : tables.key(table, oldKey);
        return new RowChange(table, key, row(table, after, new Before(table, from, record.before(), rows)));
    }

    private SqlRow row(SqlTable table, Struct after, Before before) throws InterruptedException {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (Field field : after.schema().fields()) {
            Object told = after.get(field);
            values.put(
                    field.name(),
                    told != null && dialect.unchanged(told, placeholder)
                            ? before.value(field)
                            : tables.value(table, field, told));
        }
        return SqlRow.of(values);
    }

    /** Where a value is that did not change. */
    private final class Before {
        private final SqlTable table;
        private final SqlRow key;
        private final @Nullable Struct told;
        private final TransactionRows rows;

        Before(SqlTable table, SqlRow key, @Nullable Struct told, TransactionRows rows) {
            this.table = table;
            this.key = key;
            this.told = told;
            this.rows = rows;
        }

        @Nullable
        Object value(Field field) throws InterruptedException {
            Object old = told == null ? null : told.get(field.name());
            if (told != null && old != null && !dialect.unchanged(old, placeholder)) {
                return tables.value(table, told.schema().field(field.name()), old);
            }
            SqlRow row = rows.row(table, key.key(table.primaryKey()));
            if (row == null || !row.has(field.name())) {
                throw new MismatchException(
                        dialect + ": the log tells row " + key.key(table.primaryKey())
                                + " of table " + table + " without its unchanged \"" + field.name()
                                + "\", and it is not in the image either. Take a new base: begin a new repository, or drop the slot");
            }
            return row.value(field.name());
        }
    }
}
