package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.binlog.BinlogAddress;
import io.metawal.connectors.sql.cdc.BaseRead;
import io.metawal.connectors.sql.cdc.LogFollower;
import io.metawal.connectors.sql.cdc.SourceLog;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A database of a MariaDB or MySQL server, and the server's binary log. */
final class MysqlLog implements SourceLog {
    private static final String DESCRIBED = "described";
    private static final int NO_TABLE = 1146;
    /** Above what people number their servers with; a replica's number must differ from every other's. */
    private static final long SERVER_ID_MIN = 0x4D57_0000L;

    private static final long SERVER_ID_COUNT = 0x3000_0000L;

    private final MysqlServer server;
    private final SqlSourceOptions options;
    private final SqlInterpretation interpretation;
    private final long serverId;
    private final MysqlGauges gauges;
    private long clockMin = -1;
    private boolean checked;

    MysqlLog(SqlUrl url, SqlSourceOptions options, SqlInterpretation interpretation, MysqlGauges gauges) {
        this.server = new MysqlServer(url);
        this.options = options;
        this.interpretation = interpretation;
        this.gauges = gauges;
        String told = url.options().getOrDefault("server-id", "");
        this.serverId = told.isEmpty()
                ? SERVER_ID_MIN + ThreadLocalRandom.current().nextLong(SERVER_ID_COUNT)
                : number(url, told);
    }

    private static long number(SqlUrl url, String told) {
        try {
            long number = Long.parseLong(told);
            if (number > 0 && number < 1L << Integer.SIZE) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException(url
                + ": expected server-id to be a number of 1 to 4294967295 that no other replica has, found " + told);
    }

    @Override
    public void reconnect() {
        server.close();
        checked = false;
    }

    @Override
    public String toString() {
        return server.url().toString();
    }

    @Override
    public String identity() {
        check();
        return server.flavour().identity();
    }

    private void check() {
        if (!checked) {
            MysqlChecks.server(server);
            MysqlChecks.privileges(server);
            MysqlChecks.filters(server);
            checked = true;
        }
    }

    @Override
    public Optional<String> lost(SqlPosition at) {
        check();
        SqlEngine engine = server.flavour().engine();
        if (!at.engine().equals(engine.word())) {
            throw new SourceChangedException(this + " is " + engine.word() + ", but the log was captured from "
                    + at.engine() + ": give the right address, or begin a new repository");
        }
        MysqlPosition stood = MysqlPosition.of(at);
        clockMin = Math.max(clockMin, stood.clock());
        return server.flavour().lost(stood);
    }

    @Override
    public List<SqlTable> describe() {
        check();
        String schema = server.url().schema();
        return server.ask("describing " + schema, connection -> described(connection, schema)).stream()
                .filter(table -> captures(table.name()))
                .toList();
    }

    private List<SqlTable> described(Connection connection, String schema) throws SQLException {
        try {
            return server.dialect().describe(connection, schema);
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_TABLE) {
                throw new UnreachableException(
                        this + ": a table went while the tables were described (" + e.getMessage()
                                + "): they are described again",
                        e);
            }
            throw e;
        }
    }

    /** Whether a table of this name is one to be captured. */
    boolean captures(String table) {
        return interpretation.wants(server.url().schema(), table)
                && !options.excludedTables().contains(table);
    }

    /** Changes of tables stand in the log itself, so that there is nothing to ask for: one word for "as they were described". */
    @Override
    public String layout() {
        return DESCRIBED;
    }

    @Override
    public Optional<String> prepare(Collection<SqlTable> tables) {
        MysqlChecks.tables(server, tables);
        return Optional.empty();
    }

    @Override
    public BaseRead openBase(Collection<SqlTable> tables) {
        check();
        return new MysqlBaseRead(server, List.copyOf(tables), clockMin);
    }

    @Override
    public LogFollower follow(LogFollower.Start start) {
        return new MysqlFollower(this, start);
    }

    MysqlServer server() {
        return server;
    }

    MysqlGauges gauges() {
        return gauges;
    }

    BinlogAddress address() {
        SqlUrl url = server.url();
        BinlogAddress.Tls tls = switch (url.options().getOrDefault("sslmode", "disable")) {
            case "require" -> BinlogAddress.Tls.REQUIRED;
            case "verify-ca" -> BinlogAddress.Tls.TRUSTED;
            case "verify-full" -> BinlogAddress.Tls.VERIFIED;
            default -> BinlogAddress.Tls.OFF;
        };
        String authority = url.options().get("sslrootcert");
        boolean verifies = tls == BinlogAddress.Tls.TRUSTED || tls == BinlogAddress.Tls.VERIFIED;
        return new BinlogAddress(
                url.host(),
                url.port(),
                url.user(),
                url.password(),
                url.schema(),
                serverId,
                tls,
                authority == null || !verifies ? null : Path.of(authority));
    }

    @Override
    public void close() {
        server.close();
    }
}
