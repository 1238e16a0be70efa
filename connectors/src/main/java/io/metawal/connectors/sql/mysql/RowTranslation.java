package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.binlog.BinlogGroup;
import io.metawal.connectors.sql.binlog.BinlogRows;
import io.metawal.connectors.sql.cascade.Cascades;
import io.metawal.connectors.sql.cascade.KnownRows;
import io.metawal.connectors.sql.cdc.NewBaseException;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a transaction's rows in the binary log mean, and what the foreign keys then do. */
final class RowTranslation {
    private final MysqlLog log;
    private final SqlInterpretation interpretation;
    private final CheckedSink sink;
    private final Map<String, SqlTable> tables = new HashMap<>();
    private final Cascades cascades;

    RowTranslation(MysqlLog log, SqlInterpretation interpretation, CheckedSink sink, Collection<SqlTable> tables) {
        this.log = log;
        this.interpretation = interpretation;
        this.sink = sink;
        tables.forEach(table -> this.tables.put(table.name(), table));
        this.cascades = new Cascades(tables);
    }

    /** To be closed behind the transaction. */
    KnownRows known() {
        return new KnownRows(interpretation, sink);
    }

    /** All rows of a table went, without a cascade: the server refuses it where there could be one. */
    void truncate(String name, KnownRows known, List<RowChange> changes) throws InterruptedException {
        SqlTable table = tables.get(name);
        if (table != null) {
            for (SqlRow row : known.having(table, List.of(), List.of())) {
                Cascades.change(table, row, null, known, changes);
            }
        }
    }

    void translate(BinlogGroup group, Map<String, LoggedColumns> columns, KnownRows known, List<RowChange> changes)
            throws InterruptedException, NewBaseException {
        for (BinlogRows rows : group.rows()) {
            SqlTable table = tables.get(rows.table().name());
            if (table != null) {
                LoggedColumns logged = Objects.requireNonNull(columns.get(table.name()));
                fits(group, rows, logged);
                for (BinlogRows.Pair pair : rows.pairs()) {
                    change(table, logged.row(pair.before()), logged.row(pair.after()), rows, known, changes);
                }
            } else if (log.captures(rows.table().name())) {
                throw new NewBaseException("the binary log tells rows of table " + rows.table() + " at " + group.end()
                        + ", which was not there when the tables were described");
            }
        }
    }

    private void fits(BinlogGroup group, BinlogRows rows, LoggedColumns logged) throws NewBaseException {
        if (!rows.complete()) {
            throw new NewBaseException(
                    "at " + group.end() + " the binary log does not tell all columns of rows of table " + rows.table()
                            + ": a session wrote with another binlog_row_image than FULL");
        }
        if (rows.table().types().size() != logged.values().size()) {
            throw new NewBaseException("at " + group.end() + " the binary log tells "
                    + rows.table().types().size()
                    + " columns of table " + rows.table() + ", which was described with "
                    + logged.values().size());
        }
    }

    private void change(
            SqlTable table,
            @Nullable SqlRow before,
            @Nullable SqlRow after,
            BinlogRows rows,
            KnownRows known,
            List<RowChange> changes)
            throws InterruptedException {
        Cascades.change(table, before, after, known, changes);
        if (before != null && rows.foreignKeys()) {
            changes.addAll(cascades.after(table, before, after, known));
        }
    }
}
