package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Rows by {@code COPY … FROM STDIN}: one statement a table, so that rows may refer to rows of the same table in any order. */
final class PostgresWriter implements RowWriter {
    private static final int CHUNK = 1 << 18;

    private final SqlTable table;
    private final CopyIn copy;
    private ByteArrayOutputStream chunk = new ByteArrayOutputStream(CHUNK);

    PostgresWriter(Connection connection, SqlTable table) throws SQLException {
        this.table = table;
        this.copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement(table, SqlText.quoted(table)));
    }

    static String statement(SqlTable table, String name) {
        String columns = table.columns().stream()
                .map(column -> SqlText.quoted(table.engine(), column.name()))
                .collect(Collectors.joining(", "));
        return "COPY " + name + " (" + columns + ") FROM STDIN";
    }

    @Override
    public void add(SqlRow row) throws SQLException {
        PostgresCopy.line(table, row, chunk);
        if (chunk.size() >= CHUNK) {
            flush();
        }
    }

    private void flush() throws SQLException {
        byte[] bytes = chunk.toByteArray();
        copy.writeToCopy(bytes, 0, bytes.length);
        if (bytes.length > 4 * CHUNK) {
            chunk = new ByteArrayOutputStream(CHUNK);
        } else {
            chunk.reset();
        }
    }

    @Override
    public void finish() throws SQLException {
        flush();
        copy.endCopy();
    }

    @Override
    public void abandon() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
