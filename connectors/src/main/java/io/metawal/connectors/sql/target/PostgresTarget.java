package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL: tables, foreign keys and rows in one transaction. Sequences know none; they are set at its end. */
final class PostgresTarget implements TargetEngine {
    private static final Pattern NAME = Pattern.compile(" ADD CONSTRAINT (\"(?:[^\"]|\"\")+\"|\\S+) ");
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    @Override
    public boolean claim(Connection connection, String schema, int lockSeconds) throws SQLException {
        Query.rows(connection, "SELECT set_config('search_path', quote_ident(?), false)", schema);
        Query.run(connection, "SET lock_timeout = '" + lockSeconds + "s'");
        try {
            Query.rows(connection, "SELECT pg_advisory_lock(hashtext('metawal_restore'), hashtext(?))", schema);
            return true;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        } finally {
            Query.run(connection, "SET lock_timeout = 0");
        }
    }

    @Override
    public void require(Connection connection, String schema, String where) {}

    @Override
    public boolean undoesTables() {
        return true;
    }

    @Override
    public void makeSchema(Connection connection, String schema) throws SQLException {
        if (Query.value(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", schema) == null) {
            Query.run(connection, "CREATE SCHEMA " + SqlText.quoted(SqlEngine.POSTGRESQL, schema));
        }
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        Query.run(connection, "BEGIN", "SET CONSTRAINTS ALL DEFERRED");
    }

    @Override
    public void unlink(Connection connection, SqlTable table) throws SQLException {
        for (String name : namesOfLinks(table)) {
            Query.run(connection, "ALTER TABLE " + SqlText.quoted(table) + " DROP CONSTRAINT IF EXISTS " + name);
        }
    }

    /** Of its foreign keys, as they stand in statements. */
    static List<String> namesOfLinks(SqlTable table) {
        List<String> names = new ArrayList<>();
        for (String link : table.links()) {
            Matcher name = NAME.matcher(link);
            if (name.find()) {
                names.add(name.group(1));
            }
        }
        return names;
    }

    @Override
    public void link(Connection connection, SqlTable table) throws SQLException {
        Query.run(connection, table.links().toArray(String[]::new));
    }

    @Override
    public RowWriter writer(Connection connection, SqlTable table) throws SQLException {
        return new PostgresWriter(connection, table);
    }

    @Override
    public void counterBefore(Connection connection, SqlTable table, long last) {}

    @Override
    public boolean counter(Connection connection, SqlTable table, long last) throws SQLException {
        return Query.value(connection, PostgresCounters.set(table, last)) != null;
    }

    @Override
    public void otherCounters(Connection connection, SqlTable table) throws SQLException {
        for (String statement : PostgresCounters.setOthers(table)) {
            Query.rows(connection, statement);
        }
    }

    @Override
    public void checkLinks(Connection connection, String where) throws SQLException {
        Query.run(connection, "SET CONSTRAINTS ALL IMMEDIATE");
    }
}
