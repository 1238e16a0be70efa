package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.cdc.BaseRead;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnreachableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A read of one moment, in one transaction that holds nobody up. MariaDB says at which place of its log the moment is
 * ({@code binlog_snapshot_file}, {@code binlog_snapshot_position}), without a lock.
 */
final class MysqlBaseRead implements BaseRead {
    private static final int TABLE_CHANGED = 1412;
    private static final int NO_TABLE = 1146;

    private final MysqlServer server;
    private final Connection connection;
    private final List<SqlTable> tables;
    private final MysqlPosition at;
    private final String identity;

    /** @param clockMin what the position's clock must not fall behind */
    MysqlBaseRead(MysqlServer server, List<SqlTable> tables, String identity, long clockMin) {
        this.server = server;
        this.tables = tables;
        this.identity = identity;
        this.connection = server.another();
        boolean ready = false;
        try {
            at = SqlFaults.calling(
                    server.url().toString(), "START TRANSACTION WITH CONSISTENT SNAPSHOT", () -> begin(clockMin));
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    private MysqlPosition begin(long clockMin) throws SQLException {
        Query.run(
                connection,
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
        String file = "";
        long offset = 0;
        for (Query.Row row : Query.rows(connection, "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'")) {
            switch (row.text("variable_name").toLowerCase(java.util.Locale.ROOT)) {
                case "binlog_snapshot_file" -> file = row.text("value");
                case "binlog_snapshot_position" -> offset = row.number("value");
                default -> {}
            }
        }
        if (file.isEmpty()) {
            throw new UnreachableException(
                    server.url() + " does not say where in its binary log a read of one moment stands");
        }
        BinlogPlace place = new BinlogPlace(file, offset);
        Gtids gtids = MysqlServer.gtidsAt(connection, place).orElse(Gtids.NONE);
        long lift = Math.max(0, clockMin - place.clock() + 1);
        return new MysqlPosition(place, gtids, "", lift);
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
        try {
            connection.close();
        } catch (SQLException e) {
            org.slf4j.LoggerFactory.getLogger(MysqlBaseRead.class)
                    .debug("a connection that is given up: {}", e.toString());
        }
    }
}
