package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.MariaGtids;
import io.metawal.connectors.sql.mysql.MysqlServer.LogFile;
import io.metawal.metadata.fault.SourceChangedException;
import java.util.List;
import java.util.Optional;

/**
 * Whether a server's binary log goes on from a place. MariaDB gives a server no identity that outlives it, so it is judged by its history:
 * a GTID of ours that the log never had means another server, one whose log was reset, or one that went back. Where the log has
 * ours, but not at our place, it is another server that took over.
 */
final class MariaDbHistory {
    private final MysqlServer server;

    MariaDbHistory(MysqlServer server) {
        this.server = server;
    }

    /** All GTIDs that a server's binary log ever had, by domain and server. */
    static List<MariaGtids.Gtid> logged(MysqlServer server) {
        return MariaGtids.all(server.variable("gtid_binlog_state"));
    }

    /** As {@code SourceLog.lost}. */
    Optional<String> lost(BinlogPlace place, MariaGtids gtids) {
        List<MariaGtids.Gtid> unknown = gtids.missingFrom(logged(server));
        List<LogFile> files = server.logs();
        if (!unknown.isEmpty()) {
            return replicated(gtids, unknown);
        }
        Optional<LogFile> file =
                files.stream().filter(each -> each.name().equals(place.file())).findFirst();
        if (file.isEmpty()) {
            return Optional.of(purged(place, files));
        }
        if (file.get().bytes() < place.offset()) {
            return Optional.of(elsewhere(place, "which is only " + file.get().bytes() + " bytes long", gtids));
        }
        MariaGtids there = server.ask("BINLOG_GTID_POS", connection -> MariaDbFlavour.gtidsAt(connection, place))
                .orElse(MariaGtids.NONE);
        if (!there.equals(gtids)) {
            return Optional.of(elsewhere(place, "where it is at GTID " + (there.isEmpty() ? "none" : there), gtids));
        }
        return Optional.empty();
    }

    private Optional<String> replicated(MariaGtids gtids, List<MariaGtids.Gtid> unknown) {
        boolean applied = gtids.missingBySequence(MariaGtids.all(server.variable("gtid_slave_pos"))).isEmpty();
        if (applied) {
            return Optional.of("the server replicated GTID " + gtids
                    + ", but does not write what it replicates to its own" + " binary log (log_slave_updates)");
        }
        throw new SourceChangedException(
                server.url() + " does not have the history that was captured: the log stands at GTID "
                        + gtids + ", of which the server never had " + unknown + "; its binary log has had "
                        + (logged(server).isEmpty() ? "none" : logged(server))
                        + ". Is it another server, was it restored from a backup, or was its log reset (RESET MASTER)? Give the right"
                        + " address, or begin a new repository, or a new timeline");
    }

    private String purged(BinlogPlace place, List<LogFile> files) {
        boolean other = files.stream().noneMatch(file -> file.prefix().equals(LogFile.prefix(place.file())));
        String oldest = files.isEmpty() ? "none" : files.get(0).name();
        return other
                ? "another server took over: its binary log has no files like " + place.file() + ", the oldest is "
                        + oldest
                : "the binary log was purged: the capture stood at " + place + ", the oldest file left is " + oldest;
    }

    private String elsewhere(BinlogPlace place, String found, MariaGtids gtids) {
        if (gtids.isEmpty()) {
            throw new SourceChangedException(
                    server.url() + " does not have the history that was captured: the log stands at "
                            + place + ", before any GTID, but that is a place in the server's binary log " + found
                            + ". Is it another server, or was its log reset? Begin a new repository, or a new timeline");
        }
        return "another server took over, or a part of the binary log was lost: GTID " + gtids + " stood at " + place
                + ", " + found;
    }
}
