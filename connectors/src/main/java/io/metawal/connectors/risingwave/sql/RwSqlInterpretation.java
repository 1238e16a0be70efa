package io.metawal.connectors.risingwave.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.fold.DeltaFold;
import io.metawal.connectors.risingwave.fold.NewestDelta;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * RisingWave's meta store on SQL. Rows are kept as they are; rows of version deltas become changes of the keyed Hummock version, in the order
 * of their ids. A version begins at the checkpoint in the object store, which is read before a base is. That the meta node deletes deltas
 * which a checkpoint covers changes no state.
 */
public final class RwSqlInterpretation implements SqlInterpretation {
    private final DeltaFold deltas;
    private final Set<String> leftOut;
    private final StoreLevel level = new StoreLevel();
    private final UnknownParts unknown = new UnknownParts();
    private SortedMap<Long, ByteString> ofBase = new TreeMap<>();
    private @Nullable RwSqlStore told;

    /** Captures every table. */
    public RwSqlInterpretation(HummockVersions versions, InstantSource clock) {
        this(versions, clock, Set.of());
    }

    /** @param leftOut tables whose rows are not captured, such as {@link RwSqlTables#LEFT_OUT}; a restore has them, empty */
    public RwSqlInterpretation(HummockVersions versions, InstantSource clock, Set<String> leftOut) {
        this.deltas = new DeltaFold(versions, clock, "the database");
        this.leftOut = Set.copyOf(leftOut);
    }

    @Override
    public String origin() {
        return "risingwave-sql";
    }

    @Override
    public boolean wants(String schema, String table) {
        return !table.equals(RwSqlTables.MARKER);
    }

    @Override
    public void resume(ImageView image) {
        level.resume(image);
        var unused = deltas.dialect(level.dialect());
        deltas.resume(image);
        unknown.warn(level);
        Entry store = image.find(RwSpaces.STORE);
        told = store == null ? null : RwSqlStore.parse(store.value()).orElse(null);
        try (EntryIterator rows = image.entries(SqlModel.SYSTEM_PARAMETER.space())) {
            rows.forEachRemaining(row -> parameter(RowCodec.decode(row.value())));
        }
    }

    /** Where the checkpoints are is told by some of them. */
    private void parameter(SqlRow row) {
        if (row.value("name") instanceof String name && row.value("value") instanceof String value) {
            deltas.parameter(name, value);
        }
    }

    @Override
    public void beforeBase() {
        deltas.beforeBase();
    }

    @Override
    public void beginBase(Collection<SqlTable> tables) {
        level.clear();
        tables.forEach(level::table);
        ofBase = new TreeMap<>();
    }

    @Override
    public void baseRow(SqlTable table, SqlRow row, Consumer<Entry> image) {
        if (isDelta(table)) {
            ofBase.put(id(table, row), raw(table, row));
            return;
        }
        if (leftOut.contains(table.name())) {
            return;
        }
        remember(table, row);
        image.accept(new Entry(key(table, row.key(table.primaryKey())), RowCodec.encode(row), ByteString.EMPTY));
    }

    @Override
    public void endBase(Consumer<Entry> image) {
        var unused = deltas.dialect(level.dialect());
        deltas.base(ofBase, image);
        ofBase = new TreeMap<>();
        RwSqlStore store = level.store();
        image.accept(store.entry());
        told = store;
        unknown.warn(level);
    }

    @Override
    public String gap() {
        return deltas.gap();
    }

    @Override
    public Map<String, Double> gauges() {
        Map<String, Double> all = new TreeMap<>(unknown.gauges());
        all.putAll(deltas.gauges());
        return all;
    }

    @Override
    public boolean owns(EntryKey key) {
        return true;
    }

    @Override
    public boolean compares(SqlTable table) {
        return !isDelta(table) && !leftOut.contains(table.name());
    }

    @Override
    public Optional<SqlTable> newestCompared(Collection<SqlTable> tables) {
        return tables.stream().filter(RwSqlInterpretation::isDelta).findFirst();
    }

    @Override
    public Optional<String> contradiction(SqlTable table, SqlRow newest, ImageView image) {
        return NewestDelta.contradiction(id(table, newest), raw(table, newest), image);
    }

    @Override
    public Taking begin() {
        return new Taken();
    }

    private final class Taken implements Taking {
        private final SortedMap<Long, ByteString> added = new TreeMap<>();

        @Override
        public void row(RowChange row, Consumer<Change> changes) {
            SqlRow after = row.after();
            if (leftOut.contains(row.table().name())) {
                return;
            }
            if (!isDelta(row.table())) {
                changes.accept(change(row, after));
            } else if (after != null) {
                added.put(id(row.table(), after), raw(row.table(), after));
            } else {
                deltas.deltasDeleted();
            }
        }

        @Override
        public void end(Consumer<Change> changes) {
            deltas.dialect(level.dialect()).forEach(changes);
            deltas.take(added).forEach(changes);
            RwSqlStore now = level.store();
            if (!now.equals(told)) {
                Entry store = now.entry();
                changes.accept(Change.put(store.entryKey(), store.value(), store.meta()));
                told = now;
                unknown.warn(level);
            }
        }
    }

    private Change change(RowChange row, @Nullable SqlRow after) {
        EntryKey key = key(row.table(), row.place());
        if (after == null) {
            level.gone(row.table(), row.key());
            return Change.delete(key);
        }
        remember(row.table(), after);
        return Change.put(key, RowCodec.encode(after));
    }

    private void remember(SqlTable table, SqlRow row) {
        level.row(table, row);
        if (table.name().equals(SqlModel.SYSTEM_PARAMETER.table())) {
            parameter(row);
        }
    }

    private static boolean isDelta(SqlTable table) {
        return table.name().equals(RwSqlTables.VERSION_DELTA);
    }

    private static long id(SqlTable table, SqlRow row) {
        if (row.value("id") instanceof Long id) {
            return id;
        }
        throw noDelta(table, row, "id", "a whole number");
    }

    private static ByteString raw(SqlTable table, SqlRow row) {
        if (row.value("full_version_delta") instanceof ByteString raw) {
            return raw;
        }
        throw noDelta(table, row, "full_version_delta", "bytes");
    }

    private static UnsupportedFormatException noDelta(SqlTable table, SqlRow row, String column, String expected) {
        return new UnsupportedFormatException("a row of " + table + " is no version delta: expected " + expected
                + " in the column " + column + ", found columns "
                + row.values().keySet()
                + ". Known are the meta stores of RisingWave v1.9 to v3.1; is this one of them?");
    }

    private EntryKey key(SqlTable table, String place) {
        return new EntryKey(space(table), ByteString.copyFromUtf8(place));
    }

    @Override
    public Space space(SqlTable table) {
        return RwSqlTables.space(table);
    }

    /** The table's name: as of imported snapshots, see {@link RwSpaces#ID_AUTO_INCREMENT}. */
    @Override
    public String counterName(SqlTable table) {
        return table.name();
    }

    @Override
    public long epoch(long position) {
        return deltas.committedEpoch();
    }
}
