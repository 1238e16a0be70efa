package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares what is to be loaded with the database that it goes to, without writing anything. */
final class LoadCheck {
    private final SqlUrl url;
    private final JdbcDialect dialect;
    private final TargetEngine engine;
    private final LoadRules rules;
    private final TableOrder order;
    private final Content content;
    private final List<String> notes;
    private long leftOut;
    private long bytesMin;

    /** @param notes for the operator, added to */
    LoadCheck(
            SqlUrl url,
            JdbcDialect dialect,
            TargetEngine engine,
            LoadRules rules,
            TableOrder order,
            Content content,
            List<String> notes) {
        this.url = url;
        this.dialect = dialect;
        this.engine = engine;
        this.rules = rules;
        this.order = order;
        this.content = content;
        this.notes = notes;
    }

    /** Rows that have no place in the database; known once the tables were compared. */
    long leftOut() {
        return leftOut;
    }

    /** What the rows take in an SQLite file at least; known once they were examined. */
    long bytesMin() {
        return bytesMin;
    }

    /** Refuses tables that are not those that were captured. */
    void match() {
        Set<String> there =
                new TreeSet<>(order.tables().stream().map(SqlTable::name).toList());
        if (!content.captured().isEmpty()) {
            Map<String, SqlTable> wanted = new TreeMap<>(content.captured());
            wanted.keySet().removeIf(name -> !there.contains(name) && unneeded(name));
            List<SqlTable> compared = order.tables().stream()
                    .filter(table -> wanted.containsKey(table.name()) || !mayBeAlone(table.name()))
                    .toList();
            TableMatch.require(url.toString(), wanted, compared);
        }
        for (String table : content.tables()) {
            if (!there.contains(table) && rules.strangers().test(table)) {
                leftOut += content.count(table);
                notes.add("the table " + table + ", which is not the program's own, is not there: its "
                        + (content.count(table) == 1 ? "1 row was" : content.count(table) + " rows were")
                        + " left out");
            } else if (!there.contains(table) && !unneeded(table)) {
                throw new UnsupportedFormatException(url + " has no table " + table + ", of which the image has "
                        + content.count(table) + " rows: expected a database of the same schema, found the tables "
                        + there);
            }
        }
    }

    /** Tables that the database's own program makes when it needs them. */
    private boolean unneeded(String table) {
        return rules.strangers().test(table) || rules.passing().test(table) && content.count(table) == 0;
    }

    private boolean mayBeAlone(String table) {
        return rules.strangers().test(table) || rules.passing().test(table);
    }

    /**
     * Reads every row as it would be written, and refuses what the database cannot take; nothing is written.
     *
     * @param there tables that exist already
     */
    LoadResult examine(@Nullable Connection look, Collection<SqlTable> there) throws SQLException {
        for (SqlTable table : there) {
            if (look != null && table.name().equals(rules.migrations())) {
                requireSameLevel(look, table);
            }
        }
        long rowBytesMax = look == null ? Long.MAX_VALUE : engine.rowBytesMax(look);
        RowDigests expected = digests();
        for (SqlTable table : order.tables()) {
            content.forEach(table, rules.reader(), row -> {
                SqlRow fitting = Conversion.to(table, row);
                RowSize.require(url, engine, table, fitting, rowBytesMax);
                bytesMin += RowSize.keptAsItIs(table, fitting);
                expected.add(table, fitting);
            });
        }
        coarserTimes();
        return new LoadResult(expected.whole().count(), expected.whole(), leftOut, notes);
    }

    /** MySQL itself makes a double of what was a decimal in its JSON: rows of its own are compared by what they mean. */
    RowDigests digests() {
        boolean same = !content.captured().isEmpty()
                && order.tables().get(0).engine() != SqlEngine.MYSQL
                && content.captured().values().stream()
                        .allMatch(
                                table -> table.engine() == order.tables().get(0).engine());
        return new RowDigests(same ? RowDigests.Exactness.BYTES : RowDigests.Exactness.MEANING);
    }

    void requireSameLevel(Connection look, SqlTable table) throws SQLException {
        Set<String> there = new TreeSet<>();
        dialect.read(look, table, row -> there.add(row.key(table.primaryKey())));
        Set<String> wanted = new TreeSet<>();
        content.forEach(table, rules.reader(), row -> wanted.add(row.key(table.primaryKey())));
        if (!there.isEmpty() && !there.equals(wanted)) {
            throw otherLevel(table, there, wanted);
        }
    }

    private UnsupportedFormatException otherLevel(SqlTable table, Set<String> there, Set<String> wanted) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(there);
        Set<String> more = new TreeSet<>(there);
        more.removeAll(wanted);
        return new UnsupportedFormatException(
                url + " is of another migration level: " + table.name() + " lacks " + missing
                        + (more.isEmpty() ? "" : ", and has " + more + " that were not captured")
                        + ". Restore into a store of the same release, or with --create-schema into a database without tables");
    }

    void coarserTimes() {
        for (SqlTable table : order.tables()) {
            SqlTable captured = content.captured().get(table.name());
            if (captured == null || content.count(table.name()) == 0) {
                continue;
            }
            for (SqlColumn column : table.columns()) {
                boolean time = column.type() == SqlType.TIME
                        || column.type() == SqlType.TIMESTAMP
                        || column.type() == SqlType.TIMESTAMP_ZONED;
                int digits = Conversion.fraction(table.engine(), column);
                if (time
                        && captured.column(column.name())
                                .filter(other -> Conversion.fraction(captured.engine(), other) > digits)
                                .isPresent()) {
                    notes.add("times of " + table.name() + "." + column.name() + " were cut to " + digits
                            + " digits of a second: " + column.declared() + " holds no more");
                }
            }
        }
    }
}
