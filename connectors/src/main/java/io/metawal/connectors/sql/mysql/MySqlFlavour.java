package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.binlog.MysqlGtids;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * MySQL. It does not say at which place of its log a consistent read stands, so the read begins, and the log's end is asked for, while
 * the tables are locked against writes: for that moment alone, and only if the lock is there at once. Not {@code FLUSH TABLES WITH READ
 * LOCK}: where that waits for a long query and gives up, other queries of the same tables wait on until the long one ends.
 */
final class MySqlFlavour implements Flavour {
    static final List<Right> RIGHTS = List.of(
            new Right("REPLICATION SLAVE", List.of(), Right.On.SERVER),
            new Right("REPLICATION CLIENT", List.of(), Right.On.SERVER),
            new Right("SELECT", List.of(), Right.On.DATABASE),
            new Right("LOCK TABLES", List.of(), Right.On.DATABASE));

    private static final int LOCK_SECONDS_MAX = 2;
    private static final int LOCK_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    private static final int NO_TABLE = 1146;
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\..*");

    private final MysqlServer server;

    MySqlFlavour(MysqlServer server) {
        this.server = server;
    }

    @Override
    public SqlEngine engine() {
        return SqlEngine.MYSQL;
    }

    @Override
    public String identity() {
        return "mysql database " + server.url().schema();
    }

    String uuid() {
        return server.variable("server_uuid");
    }

    MysqlGtids executed() {
        return MysqlGtids.parse(server.variable("gtid_executed"));
    }

    @Override
    public void checkVersion() {
        if (!reads(server.version())) {
            throw new UnsupportedFormatException(
                    server.url() + " is MySQL " + server.version()
                            + ": expected 8.0 or later, and earlier than 9.6, whose binary log tells what foreign keys do by themselves and was"
                            + " never tried. To capture this database, let a server of such a version replicate it, and capture that one");
        }
    }

    /** @param version as {@code SELECT VERSION()} says it */
    static boolean reads(String version) {
        int number = number(version);
        return number >= 800 && number < 906;
    }

    /** Such as 802 for 8.2. */
    private static int number(String version) {
        Matcher matcher = VERSION.matcher(version);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2)) : 0;
    }

    static String statusQuery(String version) {
        return number(version) >= 802 ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
    }

    @Override
    public List<Setting> ownSettings() {
        return List.of(
                new Setting("binlog_row_value_options", ""),
                new Setting("log_slave_updates", "ON"),
                new Setting("log_replica_updates", "ON"));
    }

    @Override
    public List<Right> rights() {
        return RIGHTS;
    }

    @Override
    public String statusQuery() {
        return statusQuery(server.version());
    }

    @Override
    public Snapshot snapshot(List<SqlTable> tables) {
        String uuid = uuid();
        String status = statusQuery();
        String lock = tables.stream()
                .map(table -> server.dialect().quoted(table) + " READ")
                .collect(Collectors.joining(", ", "LOCK TABLES ", ""));
        return server.apart("LOCK TABLES", locking -> {
            Query.run(locking, "SET SESSION lock_wait_timeout = " + LOCK_SECONDS_MAX);
            if (!tables.isEmpty()) {
                lock(locking, lock);
            }
            Snapshot snapshot =
                    server.apart("START TRANSACTION WITH CONSISTENT SNAPSHOT", reading -> begin(reading, status, uuid));
            locking.close();
            return snapshot;
        });
    }

    private void lock(Connection locking, String lock) throws SQLException {
        try {
            Query.run(locking, lock);
        } catch (SQLException e) {
            if (e.getErrorCode() == LOCK_TIMEOUT || e.getErrorCode() == DEADLOCK || e.getErrorCode() == NO_TABLE) {
                throw new UnreachableException(
                        server.url() + ": the tables could not be locked within " + LOCK_SECONDS_MAX
                                + " s for a read of one moment to begin (" + e.getMessage()
                                + "): a transaction that wrote to them is still open, or prepared (XA RECOVER names it)",
                        e);
            }
            throw e;
        }
    }

    private Snapshot begin(Connection reading, String status, String uuid) throws SQLException {
        Snapshot.begin(reading);
        Query.Row end = Query.rows(reading, status).get(0);
        return new Snapshot(
                reading,
                new BinlogPlace(end.text("file"), end.number("position")),
                MysqlGtids.parse(end.text("executed_gtid_set")),
                uuid);
    }

    @Override
    public Optional<String> lost(MysqlPosition at) {
        return new MySqlHistory(server, uuid(), executed()).lost(at);
    }

    /** What is in the log may be in the set of GTIDs only a moment later: this is judged by the log's files. */
    @Override
    public boolean knows(Gtids gtids) {
        return true;
    }
}
