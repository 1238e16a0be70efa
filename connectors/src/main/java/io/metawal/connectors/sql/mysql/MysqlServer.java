package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Questions to a server, over one connection that is opened when it is needed. For one thread. */
final class MysqlServer implements AutoCloseable {
    private final SqlUrl url;
    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.MARIADB);
    private @Nullable Connection open;

    /** A file of the binary log. */
    record LogFile(String name, long bytes) {}

    MysqlServer(SqlUrl url) {
        this.url = url;
    }

    SqlUrl url() {
        return url;
    }

    JdbcDialect dialect() {
        return dialect;
    }

    /** A connection of its own. */
    Connection another() {
        return dialect.open(url);
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

    boolean isMariaDb() {
        return version().toLowerCase(Locale.ROOT).contains("mariadb");
    }

    String version() {
        return rows("SELECT VERSION() AS v").get(0).text("v");
    }

    /** The end of the binary log: everything that was committed before is before it. */
    BinlogPlace end() {
        List<Query.Row> status = rows("SHOW MASTER STATUS");
        if (status.isEmpty()) {
            throw new UnreachableException(url + " writes no binary log just now");
        }
        return new BinlogPlace(status.get(0).text("file"), status.get(0).number("position"));
    }

    /** What is left of it, the oldest first. */
    List<LogFile> logs() {
        List<LogFile> files = new ArrayList<>();
        for (Query.Row row : rows("SHOW BINARY LOGS")) {
            files.add(new LogFile(row.text("log_name"), row.number("file_size")));
        }
        return files;
    }

    /** The GTIDs at a place in the log; empty where the server does not know such a place. */
    Optional<Gtids> gtidsAt(BinlogPlace place) {
        return ask("BINLOG_GTID_POS", connection -> gtidsAt(connection, place));
    }

    static Optional<Gtids> gtidsAt(Connection connection, BinlogPlace place) throws SQLException {
        return Optional.ofNullable(
                        Query.value(connection, "SELECT BINLOG_GTID_POS(?, ?)", place.file(), place.offset()))
                .map(Gtids::parse);
    }

    /** All GTIDs that its binary log ever had, by domain and server. */
    List<Gtids.Gtid> logged() {
        return Gtids.all(variable("gtid_binlog_state"));
    }

    /** Those it got as a replica, by domain. */
    List<Gtids.Gtid> replicated() {
        return Gtids.all(variable("gtid_slave_pos"));
    }

    @Override
    public void close() {
        Connection connection = open;
        open = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                org.slf4j.LoggerFactory.getLogger(MysqlServer.class)
                        .debug("a connection that is given up: {}", e.toString());
            }
        }
    }
}
