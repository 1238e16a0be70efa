package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.sql.Connection;
import java.sql.SQLException;

/** What writing differs in from one kind of database to another. Without state. */
interface TargetEngine {
    static TargetEngine of(SqlEngine engine) {
        return switch (engine) {
            case POSTGRESQL -> new PostgresTarget();
            case MYSQL, MARIADB -> new MysqlTarget();
            case SQLITE -> new SqliteTarget();
        };
    }

    /** Takes the one right to restore there, which ends with the connection; false where another has it that long. */
    boolean claim(Connection connection, String schema, int lockSeconds) throws SQLException;

    /** Before anything else is done, and without changing anything: what cannot be restored into. */
    void require(Connection connection, String schema, String where) throws SQLException;

    /** The largest row that the server takes in one statement, in bytes; by default without a bound. */
    default long rowBytesMax(Connection connection) throws SQLException {
        return Long.MAX_VALUE;
    }

    /** The server's setting behind {@link #rowBytesMax}. */
    default String rowBytesSetting() {
        return "";
    }

    /** Whether tables made in a transaction are gone with it. */
    boolean undoesTables();

    /** Where the tables' own schema is to be made first. */
    void makeSchema(Connection connection, String schema) throws SQLException;

    void begin(Connection connection) throws SQLException;

    /** Takes foreign keys away that rows of this table would break until others are there; within the transaction. */
    void unlink(Connection connection, SqlTable table) throws SQLException;

    /** Puts them back. */
    void link(Connection connection, SqlTable table) throws SQLException;

    RowWriter writer(Connection connection, SqlTable table) throws SQLException;

    /** Sets the counter of an empty table before the transaction, where that is the only way. */
    void counterBefore(Connection connection, SqlTable table, long last) throws SQLException;

    /**
     * Sets the counter within the transaction; false where the database has no counter to set.
     *
     * @param last largest value that is known to have been handed out, or stands in a row
     */
    boolean counter(Connection connection, SqlTable table, long last) throws SQLException;

    /** Sets, within the transaction, what hands out values of columns that are no keys, where the database does not do so itself. */
    default void otherCounters(Connection connection, SqlTable table) throws SQLException {}

    /** Refuses rows that refer to none, where the database did not look. */
    void checkLinks(Connection connection, String where) throws SQLException;

    default void commit(Connection connection) throws SQLException {
        Query.run(connection, "COMMIT");
    }

    default void rollback(Connection connection) throws SQLException {
        Query.run(connection, "ROLLBACK");
    }
}
