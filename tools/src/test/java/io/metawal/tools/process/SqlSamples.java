package io.metawal.tools.process;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.sql.SimulatedSqlRisingWave;
import io.metawal.connectors.risingwave.simulated.sql.SqlDump;
import io.metawal.connectors.sql.row.SqlEngine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** How the database stood behind some of its transactions, with the place in its log that the transaction ends at. */
final class SqlSamples {
    /** Of the model's dumps, one in so many is also held against what the database itself says at that moment. */
    private static final int READ_BACK_ONE_IN = 10;

    private final SimulatedSqlRisingWave cluster;
    private final SqlEngine engine;
    private final Connection connection;
    private final int oneIn;
    private final List<Sample> samples = new ArrayList<>();
    private long commits;

    /** @param clock as the source positions of commits have it */
    record Sample(long clock, SqlDump rows, HummockVersion version) {}

    SqlSamples(SimulatedSqlRisingWave cluster, SqlEngine engine, Connection connection, int oneIn) {
        this.cluster = cluster;
        this.engine = engine;
        this.connection = connection;
        this.oneIn = oneIn;
        cluster.addListener(this::committed);
    }

    private void committed(String description) {
        if (commits++ % oneIn != 0) {
            return;
        }
        try {
            SqlDump rows = cluster.rows();
            if (samples.size() % READ_BACK_ONE_IN == 0) {
                List<String> differences = SqlDump.compare(rows, SqlDump.of(connection, engine));
                if (!differences.isEmpty()) {
                    throw new AssertionError("the simulation is wrong after \"" + description + "\": " + differences);
                }
            }
            samples.add(new Sample(clock(), rows, cluster.version()));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the database's log ends now. */
    long clock() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (engine == SqlEngine.POSTGRESQL) {
                try (ResultSet row = statement.executeQuery("SELECT (pg_current_wal_lsn() - '0/0')::bigint")) {
                    row.next();
                    return row.getLong(1);
                }
            }
            try (ResultSet row = statement.executeQuery("SHOW MASTER STATUS")) {
                row.next();
                long file = Long.parseLong(row.getString(1).replaceFirst(".*\\.", ""));
                return file << 32 | row.getLong(2);
            }
        } finally {
            connection.rollback();
        }
    }

    List<Sample> all() {
        return samples;
    }
}
