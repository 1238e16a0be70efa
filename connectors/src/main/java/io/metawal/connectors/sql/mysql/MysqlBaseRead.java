package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.cdc.BaseRead;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnreachableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A read of one moment, in one transaction that holds nobody up. */
final class MysqlBaseRead implements BaseRead {
    private static final int TABLE_CHANGED = 1412;
    private static final int NO_TABLE = 1146;

    private final MysqlServer server;
    private final Connection connection;
    private final List<SqlTable> tables;
    private final MysqlPosition at;
    private final String identity;

    /** @param clockMin what the position's clock must not fall behind */
    MysqlBaseRead(MysqlServer server, List<SqlTable> tables, long clockMin) {
        this.server = server;
        this.tables = tables;
        Flavour flavour = server.flavour();
        this.identity = flavour.identity();
        Snapshot snapshot = flavour.snapshot(tables);
        this.connection = snapshot.connection();
        long lift = Math.max(0, clockMin - snapshot.place().clock() + 1);
        this.at = new MysqlPosition(
                flavour.engine(), snapshot.server(), snapshot.place(), snapshot.gtids(), "", lift);
    }

    @Override
    public SqlPosition position() {
        return at.written(identity);
    }

    @Override
    public List<SqlTable> tables() {
        return tables;
    }

    @Override
    public void read(SqlTable table, Consumer<SqlRow> rows) {
        try {
            server.dialect().read(connection, table, rows);
        } catch (SQLException e) {
            if (e.getErrorCode() == TABLE_CHANGED || e.getErrorCode() == NO_TABLE) {
                throw new UnreachableException(
                        server.url() + ": table " + table
                                + " was changed while it was to be read: the base is read again",
                        e);
            }
            throw SqlFaults.toFault(server.url().toString(), "reading " + table, e);
        }
    }

    @Override
    public OptionalLong counter(SqlTable table) {
        return SqlFaults.calling(
                server.url().toString(),
                "the counter of " + table,
                () -> server.dialect().counterNext(connection, table));
    }

    @Override
    public void close() {
        MysqlServer.abandon(connection);
    }
}
