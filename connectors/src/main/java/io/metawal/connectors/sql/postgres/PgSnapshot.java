package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.BaseRead;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** A read of what was committed when the slot was made: of the very snapshot that the slot begins behind. */
final class PgSnapshot implements BaseRead {
    private final SqlUrl url;
    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.POSTGRESQL);
    private final Connection replication;
    private final Connection reader;
    private final SqlPosition position;
    private final List<SqlTable> tables;

    /** @param replication which made the slot, and holds the snapshot; closed with this */
    PgSnapshot(SqlUrl url, Connection replication, PgSlot.Made slot, SqlPosition position, Set<String> names)
            throws SQLException {
        this.url = url;
        this.replication = replication;
        this.position = position;
        this.reader = dialect.open(url);
        try {
            reader.setAutoCommit(false);
            Query.run(
                    reader,
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
                    "SET TRANSACTION SNAPSHOT '" + slot.snapshot() + "'");
            this.tables = dialect.describe(reader, url.schema(), names::contains);
        } catch (SQLException | RuntimeException e) {
            PgLink.close(reader);
            throw e;
        }
    }

    @Override
    public SqlPosition position() {
        return position;
    }

    @Override
    public List<SqlTable> tables() {
        return tables;
    }

    @Override
    public void read(SqlTable table, Consumer<SqlRow> rows) {
        try {
            dialect.read(reader, table, rows);
        } catch (SQLException e) {
            throw PgLink.fault(url, "reading " + table, e);
        }
    }

    @Override
    public OptionalLong counter(SqlTable table) {
        try {
            return dialect.counterNext(reader, table);
        } catch (SQLException e) {
            throw PgLink.fault(url, "the sequence of " + table, e);
        }
    }

    @Override
    public void close() {
        PgLink.close(reader);
        PgLink.close(replication);
    }
}
