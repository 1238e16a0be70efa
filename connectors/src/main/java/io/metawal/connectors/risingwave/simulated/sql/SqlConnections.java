package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to one meta store, with foreign keys enforced; whoever opens one closes it. */
@FunctionalInterface
public interface SqlConnections {
    Connection open() throws SQLException;
}
