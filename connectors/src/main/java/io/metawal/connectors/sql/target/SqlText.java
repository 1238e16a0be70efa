package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;

/** Names as they stand in statements. */
final class SqlText {
    private SqlText() {}

    static String quoted(SqlTable table) {
        return JdbcDialect.of(table.engine()).quoted(table);
    }

    static String quoted(SqlEngine engine, String name) {
        return JdbcDialect.of(engine).quoted(name);
    }
}
