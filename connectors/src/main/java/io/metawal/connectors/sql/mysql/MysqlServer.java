package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UnreachableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Questions to a server, over one connection that is opened when it is needed. For one thread. */
final class MysqlServer implements AutoCloseable {
    private final SqlUrl url;
    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.MYSQL);
    private @Nullable Connection open;
    private @Nullable Flavour flavour;

    /** A file of the binary log. */
    record LogFile(String name, long bytes) {
        /** What is before the number of a file's name. */
        static String prefix(String file) {
            return file.substring(0, Math.max(0, file.lastIndexOf('.')));
        }

        String prefix() {
            return prefix(name);
        }
    }

    MysqlServer(SqlUrl url) {
        this.url = url;
    }

    SqlUrl url() {
        return url;
    }

    JdbcDialect dialect() {
        return dialect;
    }

    /** Asks over a connection of its own, which stays open unless this fails. */
    <T> T apart(String what, Asked<T> asked) {
        Connection connection = dialect.open(url);
        boolean ready = false;
        try {
            T answer = SqlFaults.calling(url.toString(), what, () -> asked.of(connection));
            ready = true;
            return answer;
        } finally {
            if (!ready) {
                abandon(connection);
            }
        }
    }

    <T> T ask(String what, Asked<T> asked) {
        Connection connection = open;
        if (connection == null) {
            connection = dialect.open(url);
            open = connection;
        }
        Connection through = connection;
        return SqlFaults.calling(url.toString(), what, () -> asked.of(through));
    }

    /** Something that is asked of a connection. */
    interface Asked<T> {
        T of(Connection connection) throws SQLException;
    }

    List<Query.Row> rows(String sql, Object... parameters) {
        return ask(sql, connection -> Query.rows(connection, sql, parameters));
    }

    /** A variable of the server; empty where it has no such. */
    String variable(String name) {
        List<Query.Row> found = rows("SHOW GLOBAL VARIABLES LIKE '" + name.replace("_", "\\_") + "'");
        return found.isEmpty() ? "" : found.get(0).text("value");
    }

    Flavour flavour() {
        Flavour known = flavour;
        if (known == null) {
            known = version().toLowerCase(Locale.ROOT).contains("mariadb")
                    ? new MariaDbFlavour(this)
                    : new MySqlFlavour(this);
            flavour = known;
        }
        return known;
    }

    String version() {
        return rows("SELECT VERSION() AS v").get(0).text("v");
    }

    /** The end of the binary log: everything that was committed before is before it. */
    BinlogPlace end() {
        Query.Row status = status();
        return new BinlogPlace(status.text("file"), status.number("position"));
    }

    /** As {@link Flavour#statusQuery} has it. */
    Query.Row status() {
        List<Query.Row> status = rows(flavour().statusQuery());
        if (status.isEmpty()) {
            throw new UnreachableException(url + " writes no binary log just now");
        }
        return status.get(0);
    }

    /** What is left of it, the oldest first. */
    List<LogFile> logs() {
        List<LogFile> files = new ArrayList<>();
        for (Query.Row row : rows("SHOW BINARY LOGS")) {
            files.add(new LogFile(row.text("log_name"), row.number("file_size")));
        }
        return files;
    }

    @Override
    public void close() {
        Connection connection = open;
        open = null;
        flavour = null;
        if (connection != null) {
            abandon(connection);
        }
    }

    static void abandon(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            org.slf4j.LoggerFactory.getLogger(MysqlServer.class)
                    .debug("a connection that is given up: {}", e.toString());
        }
    }
}
