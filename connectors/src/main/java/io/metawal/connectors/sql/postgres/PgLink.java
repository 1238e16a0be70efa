package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.PostgresLimits;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UnreachableException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a PostgreSQL that is opened when it is needed and thrown away when it fails. For one thread. */
final class PgLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PgLink.class);

    private static final int ANSWER_MILLIS_MAX = 120_000;
    /** A lock that was not free, and a query that somebody cancelled. */
    private static final Set<String> PASSING = Set.of("55P03", "57014");

    private final SqlUrl url;
    private @Nullable Connection connection;

    PgLink(SqlUrl url) {
        this.url = url;
    }

    Connection open() {
        Connection open = connection;
        if (open == null) {
            open = JdbcDialect.of(SqlEngine.POSTGRESQL).open(url);
            connection = open;
            try {
                open.setNetworkTimeout(Runnable::run, ANSWER_MILLIS_MAX);
            } catch (SQLException e) {
                throw fault(url, "connecting", e);
            }
        }
        return open;
    }

    List<Query.Row> rows(String sql, Object... parameters) {
        return with(sql, c -> Query.rows(c, sql, parameters));
    }

    @Nullable
    String value(String sql, Object... parameters) {
        List<Query.Row> rows = rows(sql, parameters);
        return rows.isEmpty() ? null : rows.get(0).values().values().iterator().next();
    }

    void run(String statement) {
        with(statement, c -> {
            Query.run(c, statement);
            return true;
        });
    }

    /** Something done on the connection; {@code what} is for the message. */
    <T> T with(String what, Work<T> work) {
        Connection open = open();
        try {
            return work.on(open);
        } catch (SQLException e) {
            throw fault(url, what, e);
        }
    }

    /** What may be asked on a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** As {@link SqlFaults}; a crash of the server, a full table of connections and the like pass by themselves. */
    static RuntimeException fault(SqlUrl url, String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("57P")
                || state.startsWith("53")
                || state.startsWith("58")
                || state.startsWith("40")
                || PASSING.contains(state)) {
            return new UnreachableException(url + ": " + what + " got no answer: " + e.getMessage(), e);
        }
        return SqlFaults.toFault(url.toString(), what, e);
    }

    /** A connection that speaks the replication protocol, for which the user needs REPLICATION; the caller closes it. */
    static Connection replication(SqlUrl url) {
        Properties properties = new Properties();
        url.options().forEach((name, value) -> {
            if (name.startsWith("ssl")) {
                properties.setProperty(name, value);
            }
        });
        properties.setProperty("user", url.user());
        properties.setProperty("password", url.password());
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("ApplicationName", "metawal");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        String address = "jdbc:postgresql://" + host + ":" + url.port() + "/"
                + URLEncoder.encode(url.database(), StandardCharsets.UTF_8).replace("+", "%20");
        try {
            Connection made = DriverManager.getConnection(address, properties);
            Query.run(made, PostgresLimits.LIFT);
            return made;
        } catch (SQLException e) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            if (state.startsWith("57P") || state.startsWith("53")) {
                throw fault(url, "a replication connection", e);
            }
            throw SqlFaults.toFault(
                    url.toString(),
                    "a replication connection",
                    "run ALTER ROLE " + quoted(url.user())
                            + " REPLICATION, and allow it in pg_hba.conf (host replication)",
                    e);
        }
    }

    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        close(open);
    }

    static void close(@Nullable Connection open) {
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("a connection that is given up: {}", e.toString());
            }
        }
    }
}
