package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.simulated.SimulatedRelease;
import io.metawal.connectors.sql.row.SqlEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Three levels of the schema of RisingWave's SQL meta store: which migrations have run. What they do is in {@code migrations.txt}.
 */
public enum SqlLevel {
    /** Actors and their dispatchers have tables. */
    V2_1("2.1.0", 22, SimulatedRelease.V2_1),
    /** Fragments have relations; default privileges, and the catalog of Iceberg. */
    V2_6("2.6.0", 49, SimulatedRelease.V2_6),
    /** Change logs have a table; splits, refresh jobs and the states of sinks, too. */
    V3_0("3.0.1", 70, SimulatedRelease.V3_0);

    private static final long APPLIED_AT_SECONDS = 1_700_000_000L;

    private final String version;
    private final int count;
    private final SimulatedRelease release;

    SqlLevel(String version, int count, SimulatedRelease release) {
        this.version = version;
        this.count = count;
        this.release = release;
    }

    /** The release whose rules for version deltas a meta node of this level follows. */
    public SimulatedRelease release() {
        return release;
    }

    /** The first release of it. */
    public String version() {
        return version;
    }

    /** Those that have run, in their order. */
    public List<Migration> migrations() {
        return All.MIGRATIONS.subList(0, count);
    }

    /** Those that lead from here to a later level. */
    public List<Migration> migrationsTo(SqlLevel later) {
        if (later.count < count) {
            throw new IllegalArgumentException("RisingWave " + version + " does not go back: not to " + later.version);
        }
        return All.MIGRATIONS.subList(count, later.count);
    }

    /** Names of all tables, those of the migrations and of the election included. */
    public Set<String> tables(SqlEngine engine) {
        Set<String> names = new TreeSet<>(Set.of("seaql_migrations"));
        schema(engine).tables().forEach(table -> names.add(table.name()));
        return names;
    }

    LevelSchema schema(SqlEngine engine) {
        return LevelSchema.of(migrations(), engine);
    }

    /** What makes an empty meta store of this level in an empty database, with the rows that it begins with. */
    public List<String> statements(SqlEngine engine) {
        String text = engine == SqlEngine.MYSQL || engine == SqlEngine.MARIADB ? "varchar(255)" : "varchar";
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE seaql_migrations (version " + text
                + " NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)");
        migrations().forEach(migration -> statements.addAll(migration.statements(engine, APPLIED_AT_SECONDS)));
        String name = engine == SqlEngine.POSTGRESQL ? "varchar" : "varchar(256)";
        String time = engine == SqlEngine.POSTGRESQL ? "timestamptz" : "datetime";
        String columns = " (service " + name + ", id " + name + ", last_heartbeat " + time + ", PRIMARY KEY (service";
        statements.add("CREATE TABLE election_member" + columns + ", id))");
        statements.add("CREATE TABLE election_leader" + columns + "))");
        return statements;
    }

    /** What a meta node of a later level runs when it starts on a meta store of this one. */
    public List<String> statementsTo(SqlLevel later, SqlEngine engine) {
        List<String> statements = new ArrayList<>();
        migrationsTo(later)
                .forEach(migration -> statements.addAll(migration.statements(engine, APPLIED_AT_SECONDS + 1)));
        return statements;
    }

    /** Makes an empty meta store of this level in an empty database. */
    public void create(Connection connection, SqlEngine engine) throws SQLException {
        run(connection, engine, statements(engine));
    }

    /** Brings a meta store of this level to a later one. */
    public void migrate(Connection connection, SqlEngine engine, SqlLevel later) throws SQLException {
        run(connection, engine, statementsTo(later, engine));
    }

    /** In one transaction where the engine has that for tables, as the ORM does it. */
    private static void run(Connection connection, SqlEngine engine, List<String> statements) throws SQLException {
        boolean before = connection.getAutoCommit();
        connection.setAutoCommit(engine != SqlEngine.POSTGRESQL);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            if (engine == SqlEngine.POSTGRESQL) {
                connection.commit();
            }
        } finally {
            if (engine == SqlEngine.POSTGRESQL) {
                connection.rollback();
            }
            connection.setAutoCommit(before);
        }
    }

    private static final class All {
        static final List<Migration> MIGRATIONS = MigrationReader.read();
    }
}
