package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import java.sql.Connection;

/**
 * A transaction that reads what the database held at a place of its log.
 *
 * @param connection to be closed by whoever asked for it
 * @param server its identity, where it has one; else empty
 */
record Snapshot(Connection connection, BinlogPlace place, Gtids gtids, String server) {}
