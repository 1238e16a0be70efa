package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** MySQL and MariaDB: every change of a table ends a transaction there, so tables and counters come before the rows. */
final class MysqlTarget implements TargetEngine {
    private static final String LOCK = "SELECT GET_LOCK(LEFT(CONCAT('metawal_restore/', ?), 64), ?)";
    private static final String WITHOUT_TRANSACTIONS =
            "SELECT TABLE_NAME AS name, ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?"
                    + " AND TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' ORDER BY TABLE_NAME";

    @Override
    public boolean claim(Connection connection, String schema, int lockSeconds) throws SQLException {
        return "1".equals(Query.value(connection, LOCK, schema, lockSeconds));
    }

    @Override
    public void require(Connection connection, String schema, String where) throws SQLException {
        List<Query.Row> found = Query.rows(connection, WITHOUT_TRANSACTIONS, schema);
        if (!found.isEmpty()) {
            throw new UnsupportedFormatException(where + ": the table "
                    + found.get(0).text("name") + " is of the engine "
                    + found.get(0).text("engine")
                    + ", which has no transactions: expected InnoDB. ALTER TABLE … ENGINE=InnoDB first");
        }
    }

    @Override
    public long rowBytesMax(Connection connection) throws SQLException {
        return Long.parseLong(String.valueOf(Query.value(connection, "SELECT @@max_allowed_packet")));
    }

    @Override
    public String rowBytesSetting() {
        return "max_allowed_packet";
    }

    @Override
    public boolean undoesTables() {
        return false;
    }

    @Override
    public void makeSchema(Connection connection, String schema) {}

    @Override
    public void begin(Connection connection) throws SQLException {
        Query.run(connection, "SET SESSION foreign_key_checks = 0", "START TRANSACTION");
    }

    @Override
    public void unlink(Connection connection, SqlTable table) {}

    @Override
    public void link(Connection connection, SqlTable table) {}

    @Override
    public RowWriter writer(Connection connection, SqlTable table) {
        return new MysqlWriter(connection, table);
    }

    /** A row that is larger moves it on by itself. */
    @Override
    public void counterBefore(Connection connection, SqlTable table, long last) throws SQLException {
        Query.run(connection, "ALTER TABLE " + SqlText.quoted(table) + " AUTO_INCREMENT = " + (last + 1));
    }

    @Override
    public boolean counter(Connection connection, SqlTable table, long last) {
        return true;
    }

    @Override
    public void checkLinks(Connection connection, String where) {}
}
