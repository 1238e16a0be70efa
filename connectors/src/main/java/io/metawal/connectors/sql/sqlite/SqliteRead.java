package io.metawal.connectors.sql.sqlite;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySorter;
import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All rows of a SQLite file at one moment, as entries in order; those that are no entries apart. */
final class SqliteRead implements AutoCloseable {
    private static final long MEMORY_BYTES_MAX = 32L << 20;

    private final SqlInterpretation interpretation;
    private final FileState state;
    private final long dataVersion;
    private final List<SqlTable> tables = new ArrayList<>();
    private final Scratch scratch;
    private final EntrySorter entries;
    private final List<RowChange> others = new ArrayList<>();
    private final Map<String, Long> counters = new TreeMap<>();

    private SqliteRead(SqliteFile file, SqlInterpretation interpretation, Scratch scratch) {
        this.interpretation = interpretation;
        this.scratch = scratch;
        this.entries = new EntrySorter(
                scratch.folder(),
                MEMORY_BYTES_MAX,
                key -> new MismatchException(file + " has two rows with the key " + key.space() + " "
                        + key.key().toStringUtf8() + ": the keys of a table, and of tables of one space, must differ"));
        file.begin();
        try {
            state = file.state();
            dataVersion = file.dataVersion();
            file.tables().stream()
                    .filter(table -> interpretation.wants(table.schema(), table.name()))
                    .forEach(tables::add);
            interpretation.beginBase(tables);
            tables.forEach(table -> read(file, table));
        } finally {
            file.end();
        }
    }

    static SqliteRead take(SqliteFile file, SqlInterpretation interpretation, Path scratch) {
        Scratch folder = new Scratch(scratch, "sqlite");
        try {
            return new SqliteRead(file, interpretation, folder);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private void read(SqliteFile file, SqlTable table) {
        file.counter(table).ifPresent(last -> raise(table, last));
        file.read(table, row -> {
            boolean[] kept = {false};
            interpretation.baseRow(table, row, entry -> {
                kept[0] = true;
                entries.add(entry);
            });
            if (!kept[0]) {
                others.add(new RowChange(table, row, row));
            }
            SqlColumn counter = table.counter().orElse(null);
            if (counter != null && row.value(counter.name()) instanceof Long id) {
                raise(table, id);
            }
        });
    }

    private void raise(SqlTable table, long id) {
        if (table.counter().isPresent()) {
            counters.merge(interpretation.counterName(table), id, Math::max);
        }
    }

    FileState state() {
        return state;
    }

    long dataVersion() {
        return dataVersion;
    }

    List<SqlTable> tables() {
        return tables;
    }

    /** In order, once all was added to it. */
    EntrySorter entries() {
        return entries;
    }

    /** Rows that the interpretation does not keep as they are, as if each had just been inserted. */
    List<RowChange> others() {
        return others;
    }

    /** For each counting table, as entries: the largest value handed out. */
    List<Entry> counters() {
        return counters.entrySet().stream()
                .map(each -> new Entry(
                        new EntryKey(SqlSpaces.AUTO_INCREMENT, ByteString.copyFromUtf8(each.getKey())),
                        ByteString.copyFromUtf8(each.getValue().toString()),
                        ByteString.EMPTY))
                .toList();
    }

    @Override
    public void close() {
        scratch.close();
    }
}
