package io.metawal.connectors.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a database's rows mean: foreign formats are interpreted once, at capture. The capture itself keeps {@code system.schema} (see
 * {@link io.metawal.connectors.sql.row.TableEntries}) and {@code id.auto_increment}; all other entries come from here. For the one thread that captures.
 *
 * <pre>
 * a base     beforeBase, beginBase, baseRow for every row in any order, endBase
 * resuming   resume, with the image that the log ends with
 * then       begin for every transaction, in order, its rows and its end
 * </pre>
 */
public interface SqlInterpretation {
    /** The origin that commits bear. */
    String origin();

    /** Whether a table's rows are captured at all. */
    boolean wants(String schema, String table);

    /** The capture goes on behind a commit; this is the image at it. */
    void resume(ImageView image) throws InterruptedException;

    /** A base is about to be read: whatever stands outside the database and must not be newer than it is read now. */
    void beforeBase() throws InterruptedException;

    /** A consistent read of these tables begins. */
    void beginBase(Collection<SqlTable> tables);

    /** A row of it, as the entry or entries that the image must hold. */
    void baseRow(SqlTable table, SqlRow row, Consumer<Entry> image);

    /**
     * All rows were given; what follows from them together.
     *
     * @throws io.metawal.metadata.fault.UnreachableException where it cannot be told just now: the base is read again
     */
    void endBase(Consumer<Entry> image) throws InterruptedException;

    /** Whether a key of the image is one that a base tells of; those of {@code system.schema} and {@code id.auto_increment} are not asked for. */
    boolean owns(EntryKey key);

    /** Whether a table's rows are kept as entries of their own, so that they can be compared with the image. For any thread. */
    boolean compares(SqlTable table);

    /** The entry that a row of such a table has in the image. For any thread. */
    default Entry comparable(SqlTable table, SqlRow row) {
        EntryKey key = new EntryKey(space(table), ByteString.copyFromUtf8(row.key(table.primaryKey())));
        return new Entry(key, RowCodec.encode(row), ByteString.EMPTY);
    }

    /**
     * A table whose rows are kept in another form, and of which the newest row can be compared with the image all the same; empty where there
     * is none. For any thread.
     */
    default Optional<SqlTable> newestCompared(Collection<SqlTable> tables) {
        return Optional.empty();
    }

    /**
     * How the row of that table whose key is the greatest contradicts an image that has everything in it that was committed when the row was
     * read; empty where it does not. For any thread.
     */
    default Optional<String> contradiction(SqlTable table, SqlRow newest, ImageView image) {
        return Optional.empty();
    }

    /** A transaction begins; one at a time. */
    Taking begin();

    /** A whole transaction at once. */
    default List<Change> take(List<RowChange> rows) {
        List<Change> changes = new ArrayList<>();
        Taking taking = begin();
        rows.forEach(row -> taking.row(row, changes::add));
        taking.end(changes::add);
        return changes;
    }

    /**
     * A transaction as it is told, row by row, so that nobody has to hold its rows. It was committed: where it breaks off before its end, it
     * is told again from its beginning, or a base follows.
     */
    interface Taking {
        /** What a row changes, in the transaction's order; a row may come several times. */
        void row(RowChange row, Consumer<Change> changes);

        /** What follows from all rows together. */
        default void end(Consumer<Change> changes) {}
    }

    /** Why something before what was taken last is not known, where it is so; told once. Empty for nothing. */
    default String gap() {
        return "";
    }

    /** What is measured, as of {@link io.metawal.metadata.port.Source#gauges}. */
    default Map<String, Double> gauges() {
        return Map.of();
    }

    /** The space that a table's rows are kept in as they are, by their keys; for the removal of all rows of a table. */
    Space space(SqlTable table);

    /** The key in {@code id.auto_increment} of a table whose key the database hands out. */
    String counterName(SqlTable table);

    /**
     * The epoch that holds once a transaction, or a base, was taken.
     *
     * @param position the source's own clock there, such as a PostgreSQL LSN
     */
    long epoch(long position);

    /** Every table a space {@code sql.<schema>.<table>}, every row an entry, and the position is the epoch. */
    final class Plain implements SqlInterpretation {
        private final String origin;

        /** @param origin such as {@code postgresql} */
        public Plain(String origin) {
            this.origin = origin;
        }

        @Override
        public String origin() {
            return origin;
        }

        @Override
        public boolean wants(String schema, String table) {
            return true;
        }

        @Override
        public void resume(ImageView image) {}

        @Override
        public void beforeBase() {}

        @Override
        public void beginBase(Collection<SqlTable> tables) {}

        @Override
        public void baseRow(SqlTable table, SqlRow row, Consumer<Entry> image) {
            image.accept(new Entry(key(table, row.key(table.primaryKey())), RowCodec.encode(row), ByteString.EMPTY));
        }

        @Override
        public void endBase(Consumer<Entry> image) {}

        @Override
        public boolean owns(EntryKey key) {
            return key.space().name().startsWith("sql.");
        }

        @Override
        public boolean compares(SqlTable table) {
            return true;
        }

        @Override
        public Taking begin() {
            return (row, changes) -> {
                EntryKey key = key(row.table(), row.place());
                SqlRow after = row.after();
                changes.accept(after == null ? Change.delete(key) : Change.put(key, RowCodec.encode(after)));
            };
        }

        private EntryKey key(SqlTable table, String place) {
            return new EntryKey(space(table), ByteString.copyFromUtf8(place));
        }

        @Override
        public Space space(SqlTable table) {
            return SqlSpaces.of(table.schema(), table.name());
        }

        @Override
        public String counterName(SqlTable table) {
            return table.schema() + "/" + table.name();
        }

        @Override
        public long epoch(long position) {
            return position;
        }
    }
}
