package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Rows on their way into one database, over one connection. */
final class Loading {
    private final SqlUrl url;
    private final JdbcDialect dialect;
    private final TargetEngine engine;
    private final LoadRules rules;
    private final TableOrder order;
    private final Content content;
    private final Connection connection;
    private final Stage.Watch watch;
    private final List<String> notes = new ArrayList<>();
    private final LoadCheck check;

    Loading(
            SqlUrl url,
            JdbcDialect dialect,
            TargetEngine engine,
            LoadRules rules,
            List<SqlTable> tables,
            Content content,
            Connection connection,
            Stage.Watch watch) {
        this.url = url;
        this.dialect = dialect;
        this.engine = engine;
        this.rules = rules;
        this.order = TableOrder.of(tables, rules.wish());
        this.content = content;
        this.connection = connection;
        this.watch = watch;
        this.check = new LoadCheck(url, dialect, engine, rules, order, content, notes);
    }

    LoadCheck check() {
        return check;
    }

    /** Makes all tables, in the transaction. */
    void makeTables() throws SQLException {
        for (SqlTable table : order.tables()) {
            Query.run(connection, table.ddl().toArray(String[]::new));
        }
        for (SqlTable table : order.tables()) {
            Query.run(connection, table.links().toArray(String[]::new));
        }
    }

    /** Makes all tables, those anew that an earlier try left empty. */
    void remakeTables(List<SqlTable> found) throws SQLException {
        Query.run(connection, "SET SESSION foreign_key_checks = 0");
        for (SqlTable table : found) {
            Query.run(connection, "DROP TABLE " + SqlText.quoted(table));
        }
        makeTables();
    }

    void countersBefore() throws SQLException {
        for (SqlTable table : order.tables()) {
            Long last = content.counters().get(table.name());
            if (last != null && table.counter().isPresent()) {
                engine.counterBefore(connection, table, last);
            }
        }
    }

    /** Writes all rows, reads them back, and compares; the transaction is the caller's. */
    LoadResult write() throws SQLException {
        replaceMigrations();
        RowDigests written = check.digests();
        List<SqlTable> unlinked = order.tables().stream()
                .filter(table -> order.early().contains(table.name()))
                .toList();
        for (SqlTable table : unlinked) {
            engine.unlink(connection, table);
        }
        for (SqlTable table : order.tables()) {
            if (content.count(table.name()) > 0) {
                write(table, written);
                watch.reached(Stage.TABLE_WRITTEN, connection);
            }
        }
        for (SqlTable table : unlinked) {
            engine.link(connection, table);
        }
        engine.checkLinks(connection, url.toString());
        watch.reached(Stage.ROWS_WRITTEN, connection);
        LoadResult result = readBack(written);
        counters(written);
        check.coarserTimes();
        watch.reached(Stage.READ_BACK, connection);
        return new LoadResult(result.rows(), result.digest(), check.leftOut(), notes);
    }

    /** What an earlier try committed, compared with what it should have. */
    LoadResult compare() throws SQLException {
        RowDigests expected = check.digests();
        for (SqlTable table : order.tables()) {
            content.forEach(table, rules.reader(), row -> expected.add(table, Conversion.to(table, row)));
        }
        LoadResult result = readBack(expected);
        notes.add(
                "the rows were there already, committed by a restore that ended before its last step: they were compared");
        return new LoadResult(result.rows(), result.digest(), check.leftOut(), notes);
    }

    private void replaceMigrations() throws SQLException {
        for (SqlTable table : order.tables()) {
            if (table.name().equals(rules.migrations())) {
                check.requireSameLevel(connection, table);
                Query.run(connection, "DELETE FROM " + SqlText.quoted(table));
            }
        }
    }

    private void write(SqlTable table, RowDigests written) throws SQLException {
        RowWriter writer = engine.writer(connection, table);
        boolean done = false;
        try {
            content.forEach(table, rules.reader(), row -> add(table, row, writer, written));
            writer.finish();
            done = true;
        } catch (CarriedException e) {
            throw e.carried();
        } finally {
            if (!done) {
                writer.abandon();
            }
        }
    }

    private static void add(SqlTable table, SqlRow row, RowWriter writer, RowDigests written) {
        SqlRow fitting = Conversion.to(table, row);
        try {
            writer.add(fitting);
        } catch (SQLException e) {
            throw new CarriedException(e);
        }
        written.add(table, fitting);
    }

    private LoadResult readBack(RowDigests expected) throws SQLException {
        RowDigests found = check.digests();
        for (SqlTable table : order.tables()) {
            dialect.read(connection, table, row -> found.add(table, row));
            Digest wanted = expected.of(table);
            Digest there = found.of(table);
            if (!there.equals(wanted)) {
                throw new MismatchException(url + ": the table " + table.name()
                        + " does not hold what was written to it:"
                        + " expected " + wanted.count() + " rows with digest " + wanted + ", found " + there.count()
                        + " rows with digest " + there
                        + ". A trigger, a narrower column, or somebody else changed them: empty the database, and restore"
                        + " again");
            }
        }
        return new LoadResult(found.whole().count(), found.whole(), List.of());
    }

    private void counters(RowDigests written) throws SQLException {
        for (SqlTable table : order.tables()) {
            engine.otherCounters(connection, table);
            if (table.counter().isEmpty()) {
                continue;
            }
            long known = content.counters().getOrDefault(table.name(), 0L);
            long last = Math.max(known, written.largest(table));
            if (last > 0 && !engine.counter(connection, table, last) && known > written.largest(table)) {
                notes.add("the database has no counter for " + table.name()
                        + ", and goes on behind the largest of its rows, " + written.largest(table) + "; " + known
                        + " is known to have been handed out");
            }
        }
    }

    /** Carries what a database threw out of a consumer. */
    private static final class CarriedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final SQLException carried;

        CarriedException(SQLException carried) {
            super(carried);
            this.carried = carried;
        }

        SQLException carried() {
            return carried;
        }
    }
}
