package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.binlog.MariaGtids;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnreachableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * MariaDB. It says by itself at which place of its log a consistent read stands ({@code binlog_snapshot_file},
 * {@code binlog_snapshot_position}), without a lock, and which GTIDs stand at a place.
 */
final class MariaDbFlavour implements Flavour {
    static final List<Right> RIGHTS = List.of(
            new Right("REPLICATION SLAVE", List.of("REPLICATION REPLICA"), Right.On.SERVER),
            new Right("BINLOG MONITOR", List.of("REPLICATION CLIENT"), Right.On.SERVER),
            new Right("SELECT", List.of(), Right.On.DATABASE));

    private final MysqlServer server;

    MariaDbFlavour(MysqlServer server) {
        this.server = server;
    }

    @Override
    public SqlEngine engine() {
        return SqlEngine.MARIADB;
    }

    @Override
    public String identity() {
        return "mariadb domain " + server.variable("gtid_domain_id") + " database "
                + server.url().schema();
    }

    @Override
    public void checkVersion() {}

    @Override
    public List<Setting> ownSettings() {
        return List.of(new Setting("log_bin_compress", "OFF"), new Setting("mysql56_temporal_format", "ON"));
    }

    @Override
    public List<Right> rights() {
        return RIGHTS;
    }

    @Override
    public String statusQuery() {
        return "SHOW MASTER STATUS";
    }

    @Override
    public Snapshot snapshot(List<SqlTable> tables) {
        return server.apart("START TRANSACTION WITH CONSISTENT SNAPSHOT", this::begin);
    }

    private Snapshot begin(Connection connection) throws SQLException {
        Snapshot.begin(connection);
        String file = "";
        long offset = 0;
        for (Query.Row row : Query.rows(connection, "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'")) {
            switch (row.text("variable_name").toLowerCase(Locale.ROOT)) {
                case "binlog_snapshot_file" -> file = row.text("value");
                case "binlog_snapshot_position" -> offset = row.number("value");
                default -> {}
            }
        }
        if (file.isEmpty()) {
            throw new UnreachableException(
                    server.url() + " does not say where in its binary log a read of one moment stands");
        }
        BinlogPlace place = new BinlogPlace(file, offset);
        return new Snapshot(connection, place, gtidsAt(connection, place).orElse(MariaGtids.NONE), "");
    }

    /** The GTIDs at a place in the log; empty where the server does not know such a place. */
    static Optional<MariaGtids> gtidsAt(Connection connection, BinlogPlace place) throws SQLException {
        return Optional.ofNullable(
                        Query.value(connection, "SELECT BINLOG_GTID_POS(?, ?)", place.file(), place.offset()))
                .map(MariaGtids::parse);
    }

    @Override
    public Optional<String> lost(MysqlPosition at) {
        return new MariaDbHistory(server).lost(at.place(), (MariaGtids) at.gtids());
    }

    @Override
    public boolean knows(Gtids gtids) {
        return ((MariaGtids) gtids).missingFrom(MariaDbHistory.logged(server)).isEmpty();
    }
}
