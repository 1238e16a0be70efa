package io.metawal.connectors.risingwave.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Makes rows of an imported snapshot into rows as they are captured, for a database whose tables are known. What was captured passes. */
public final class RowForm {
    private final RwSqlStore store;
    private final Map<String, SqlTable> tables = new HashMap<>();

    /**
     * @param store what the image says it is
     * @param tables of the database that is to take the rows
     */
    public RowForm(RwSqlStore store, Collection<SqlTable> tables) {
        this.store = store;
        tables.forEach(table -> this.tables.put(table.name(), table));
    }

    /**
     * The entry with a value of {@link RowCodec}, under the key that its row has when it is captured; the same entry where it is no row of
     * RisingWave's, or is in that form.
     *
     * @throws UnsupportedFormatException where the database has no such table
     */
    public Entry entry(Entry entry) {
        SqlModel model = SqlModel.ofSpace(entry.entryKey().space()).orElse(null);
        if (model == null || store.captured()) {
            return entry;
        }
        SqlTable table = tables.get(model.table());
        if (table == null) {
            throw new UnsupportedFormatException("the image has rows of " + model.table()
                    + ", but the database has no such table: it is of another migration level. Found "
                    + tables.keySet().stream().sorted().toList());
        }
        SqlRow row = SnapshotToRows.row(model, table, entry.value());
        EntryKey key = new EntryKey(model.space(), ByteString.copyFromUtf8(row.key(table.primaryKey())));
        return new Entry(key, RowCodec.encode(row), entry.meta());
    }
}
