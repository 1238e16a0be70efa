package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlRow;
import java.sql.SQLException;

/** Writes rows of one table; they are all there once it is finished. */
interface RowWriter {
    void add(SqlRow row) throws SQLException;

    void finish() throws SQLException;

    /** Gives up what is not finished. */
    void abandon() throws SQLException;
}
