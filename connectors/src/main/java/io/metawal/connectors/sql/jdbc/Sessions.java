package io.metawal.connectors.sql.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens a connection and sets it up, or leaves none behind. */
final class Sessions {
    private Sessions() {}

    interface Setup {
        void on(Connection connection) throws SQLException;
    }

    static Connection open(String where, SqlFaults.Call<Connection> opening, Setup setup) {
        Connection connection = SqlFaults.calling(where, "connecting", opening);
        boolean ready = false;
        try {
            setup.on(connection);
            ready = true;
            return connection;
        } catch (SQLException e) {
            throw SqlFaults.toFault(where, "setting up the session", e);
        } finally {
            if (!ready) {
                abandon(connection);
            }
        }
    }

    private static void abandon(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            org.slf4j.LoggerFactory.getLogger(Sessions.class).debug("a connection that is given up: {}", e.toString());
        }
    }
}
