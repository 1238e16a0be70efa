package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.MismatchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** SQLite: one writer at a time, and foreign keys that are only looked at when asked for. */
final class SqliteTarget implements TargetEngine {
    /** The file's own lock is taken with the transaction. */
    @Override
    public boolean claim(Connection connection, String schema, int lockSeconds) {
        return true;
    }

    @Override
    public void require(Connection connection, String schema, String where) {}

    @Override
    public boolean undoesTables() {
        return true;
    }

    @Override
    public void makeSchema(Connection connection, String schema) {}

    @Override
    public void begin(Connection connection) throws SQLException {
        Query.run(connection, "BEGIN IMMEDIATE");
    }

    @Override
    public void unlink(Connection connection, SqlTable table) {}

    @Override
    public void link(Connection connection, SqlTable table) {}

    @Override
    public RowWriter writer(Connection connection, SqlTable table) throws SQLException {
        return new SqliteWriter(connection, table);
    }

    @Override
    public void counterBefore(Connection connection, SqlTable table, long last) {}

    @Override
    public boolean counter(Connection connection, SqlTable table, long last) throws SQLException {
        boolean counts = table.ddl().get(0).toUpperCase(java.util.Locale.ROOT).contains("AUTOINCREMENT");
        if (counts) {
            Query.run(connection, "DELETE FROM sqlite_sequence WHERE name = " + text(table.name()));
            Query.run(
                    connection,
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (" + text(table.name()) + ", " + last + ")");
        }
        return counts;
    }

    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    @Override
    public void checkLinks(Connection connection, String where) throws SQLException {
        List<Query.Row> broken = Query.rows(connection, "PRAGMA foreign_key_check");
        if (!broken.isEmpty()) {
            throw new MismatchException(
                    where + ": " + broken.size() + " rows refer to rows that are not there, the first in"
                            + " the table " + broken.get(0).text("table") + ", to "
                            + broken.get(0).text("parent")
                            + ": nothing was written. The captured database had it so, with foreign keys switched off");
        }
    }
}
