package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.CorruptException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What a database is to hold: rows by table, how the tables were when they were captured, how far the counters came. For one thread. */
public final class Content implements AutoCloseable {
    private final RowSpool spool;
    private final Map<String, SqlTable> captured = new TreeMap<>();
    private final Map<String, Long> counters = new TreeMap<>();
    private final Map<String, String> spaces = new TreeMap<>();

    public Content(Path scratch) {
        spool = new RowSpool(scratch);
    }

    /** Makes a row of what was added. */
    @FunctionalInterface
    public interface Reader {
        /** @param table that it is to be written to */
        SqlRow read(SqlTable table, ByteString value);
    }

    /** A table as it was captured. */
    public void table(SqlTable table) {
        if (captured.put(table.name(), table) != null) {
            throw new CorruptException("the image has the table " + table.name()
                    + " in more than one schema: restore them one by one, choosing what to restore");
        }
        spaces.put(SqlSpaces.of(table.schema(), table.name()).name(), table.name());
    }

    public void row(String table, ByteString value) {
        spool.add(table, value);
    }

    /** A row of a table that is known by its space {@code sql.<schema>.<table>}. */
    public void row(Space space, ByteString value) {
        spool.add(space.name(), value);
    }

    /** Once all is added: rows that were known by their space are of the tables that were described. */
    public void nameSpaces() {
        for (String name : List.copyOf(spool.tables())) {
            String table = spaces.get(name);
            if (table != null) {
                spool.rename(name, table);
            } else if (name.startsWith("sql.")) {
                throw new CorruptException("the image has rows in " + name + ", but no description of their table in "
                        + TableEntries.SPACE + ": choose it as well");
            }
        }
    }

    /** @param last the largest value of a table's key that is known to have been handed out */
    public void counter(String table, long last) {
        counters.merge(table, last, Math::max);
    }

    public Map<String, SqlTable> captured() {
        return Collections.unmodifiableMap(captured);
    }

    public Map<String, Long> counters() {
        return Collections.unmodifiableMap(counters);
    }

    /** Of all tables that have rows, or were described. */
    public Set<String> tables() {
        Set<String> names = new TreeSet<>(captured.keySet());
        names.addAll(spool.tables());
        return names;
    }

    public long count(String table) {
        return spool.count(table);
    }

    /** The largest value that was added, in bytes as captured. */
    public long valueBytesMax() {
        return spool.valueBytesMax();
    }

    public void forEach(SqlTable table, Reader reader, Consumer<SqlRow> rows) {
        spool.forEach(table.name(), value -> rows.accept(reader.read(table, value)));
    }

    @Override
    public void close() {
        spool.close();
    }
}
