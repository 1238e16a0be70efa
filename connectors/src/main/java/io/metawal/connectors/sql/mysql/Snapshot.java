package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.jdbc.Query;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A transaction that reads what the database held at a place of its log.
 *
 * @param connection to be closed by whoever asked for it
 * @param server its identity, where it has one; else empty
 */
record Snapshot(Connection connection, BinlogPlace place, Gtids gtids, String server) {
    /** Begins the transaction. */
    static void begin(Connection connection) throws SQLException {
        Query.run(
                connection,
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    }
}
