package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Tables out of PostgreSQL's catalog. Names in DDL are without schema, so that it makes the tables in any. */
final class PostgresTables {
    private static final String TABLES =
            "SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = ? AND c.relkind IN ('r','p') AND c.relpersistence <> 't' ORDER BY c.relname COLLATE \"C\"";
    private static final String COLUMNS =
            "SELECT a.attnum, a.attname, a.attnotnull, a.attidentity, a.attgenerated, format_type(a.atttypid, a.atttypmod) AS declared,"
                    + " COALESCE(b.typname, t.typname) AS base, COALESCE(b.typtype, t.typtype) AS kind, t.oid AS typeoid,"
                    + " pg_get_expr(d.adbin, d.adrelid) AS expression,"
                    + " CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN quote_ident(l.collname) END AS collation,"
                    + " pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) AS sequence"
                    + " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype"
                    + " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
                    + " LEFT JOIN pg_collation l ON l.oid = a.attcollation"
                    + " WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    private static final String KEY =
            "SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)"
                    + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
                    + " WHERE i.indrelid = ?::oid AND i.indisprimary ORDER BY k.place";
    private static final String CONSTRAINTS =
            "SELECT quote_ident(o.conname) AS name, o.contype, pg_get_constraintdef(o.oid) AS definition, p.relname AS parent,"
                    + " p.relnamespace = c.relnamespace AND p.oid <> c.oid AS near FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid"
                    + " LEFT JOIN pg_class p ON p.oid = o.confrelid WHERE o.conrelid = ?::oid AND o.contype IN ('p','u','c','x','f')"
                    + " ORDER BY o.contype = 'p' DESC, o.conname COLLATE \"C\"";
    private static final String INDEXES = "SELECT pg_get_indexdef(i.indexrelid, 0, true) AS definition FROM pg_index i"
            + " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ?::oid AND NOT EXISTS"
            + " (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p','u','x'))"
            + " ORDER BY c.relname COLLATE \"C\"";

    private final Connection connection;
    private final String schema;

    private PostgresTables(Connection connection, String schema) {
        this.connection = connection;
        this.schema = schema;
    }

    static List<SqlTable> describe(Connection connection, String schema, Predicate<String> wanted) throws SQLException {
        String path = Objects.requireNonNull(Query.value(connection, "SELECT current_setting('search_path')"));
        Query.rows(connection, "SELECT set_config('search_path', quote_ident(?) || ', pg_catalog', false)", schema);
        try {
            List<SqlTable> tables = new ArrayList<>();
            PostgresTables catalog = new PostgresTables(connection, schema);
            for (Query.Row table : Query.rows(connection, TABLES, schema)) {
                if (wanted.test(table.text("relname"))) {
                    tables.add(catalog.table(table));
                }
            }
            return tables;
        } finally {
            if (!broken(connection)) {
                Query.rows(connection, "SELECT set_config('search_path', ?, false)", path);
            }
        }
    }

    /** Whether nothing can be asked any more: the transaction failed, and its end takes the setting back. */
    private static boolean broken(Connection connection) throws SQLException {
        return connection.isClosed()
                || connection.unwrap(org.postgresql.core.BaseConnection.class).getTransactionState()
                        == org.postgresql.core.TransactionState.FAILED;
    }

    private SqlTable table(Query.Row found) throws SQLException {
        String oid = found.text("oid");
        String name = found.text("relname");
        if (found.text("relkind").equals("p")) {
            throw new UnsupportedFormatException("table " + schema + "." + name
                    + " is partitioned: only plain tables can be captured. Leave it out, or capture its parts");
        }
        PostgresTypes types = new PostgresTypes(connection, schema + "." + name);
        List<SqlColumn> columns = new ArrayList<>();
        List<String> before = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (Query.Row column : Query.rows(connection, COLUMNS, oid)) {
            SqlType type = types.of(column);
            PostgresDdl.Column ddl = PostgresDdl.column(connection, name, column);
            before.addAll(types.ddl(column));
            before.addAll(ddl.before());
            lines.add(ddl.line());
            after.addAll(ddl.after());
            if (column.text("attgenerated").isEmpty()) {
                columns.add(column(column, type));
            }
        }
        List<Query.Row> constraints = Query.rows(connection, CONSTRAINTS, oid);
        constraints.stream()
                .filter(each -> !foreign(each))
                .map(PostgresTables::constraint)
                .forEach(lines::add);
        List<String> ddl = new ArrayList<>(before);
        String quoted = PostgresDdl.quoted(name);
        ddl.add("CREATE TABLE " + quoted + " (\n    " + String.join(",\n    ", lines) + "\n)");
        ddl.addAll(after);
        Query.rows(connection, INDEXES, oid).forEach(index -> ddl.add(index.text("definition")));
        return new SqlTable(
                SqlEngine.POSTGRESQL,
                schema,
                name,
                columns,
                Query.rows(connection, KEY, oid).stream()
                        .map(each -> each.text("attname"))
                        .toList(),
                parents(constraints).toList(),
                ddl,
                constraints.stream()
                        .filter(PostgresTables::foreign)
                        .map(each -> "ALTER TABLE " + quoted + " ADD " + constraint(each))
                        .toList());
    }

    private static SqlColumn column(Query.Row column, SqlType type) {
        boolean counts = !column.isNull("sequence") || column.text("expression").startsWith("nextval(");
        return new SqlColumn(
                column.text("attname"),
                type,
                column.text("declared"),
                !column.holds("attnotnull"),
                column.text("expression"),
                counts ? SqlColumn.Counting.UP : SqlColumn.Counting.NONE);
    }

    private static boolean foreign(Query.Row constraint) {
        return constraint.text("contype").equals("f");
    }

    private static String constraint(Query.Row constraint) {
        return "CONSTRAINT " + constraint.text("name") + " " + constraint.text("definition");
    }

    private static Stream<String> parents(List<Query.Row> constraints) {
        return constraints.stream()
                .filter(each -> foreign(each) && each.holds("near"))
                .map(each -> each.text("parent"))
                .distinct()
                .sorted();
    }
}
