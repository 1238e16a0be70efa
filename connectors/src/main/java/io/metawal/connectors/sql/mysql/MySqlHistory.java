package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.MysqlGtids;
import io.metawal.connectors.sql.mysql.MysqlServer.LogFile;
import io.metawal.metadata.fault.SourceChangedException;
import java.util.List;
import java.util.Optional;

/**
 * Whether a server's binary log goes on from a place. The same server ({@code server_uuid}) is judged by the files of its log, and by when the
 * file was begun, which the reader compares. Another server is judged by its GTIDs: with all of ours it is one that took over.
 */
final class MySqlHistory {
    private final MysqlServer server;
    private final String uuid;
    private final MysqlGtids executed;

    MySqlHistory(MysqlServer server, String uuid, MysqlGtids executed) {
        this.server = server;
        this.uuid = uuid;
        this.executed = executed;
    }

    /** As {@code SourceLog.lost}. */
    Optional<String> lost(MysqlPosition at) {
        MysqlGtids gtids = (MysqlGtids) at.gtids();
        MysqlGtids unknown = gtids.missingFrom(executed);
        if (!uuid.equals(at.server())) {
            return Optional.of(tookOver(at, gtids, unknown));
        }
        BinlogPlace place = at.place();
        List<LogFile> files = server.logs();
        Optional<LogFile> file =
                files.stream().filter(each -> each.name().equals(place.file())).findFirst();
        if (file.isPresent() && file.get().bytes() >= place.offset()) {
            return Optional.empty();
        }
        if (!unknown.isEmpty()) {
            throw changed(at, "of GTIDs " + gtids + " the server never had " + unknown);
        }
        if (file.isPresent()) {
            throw changed(at, "that file is only " + file.get().bytes() + " bytes long");
        }
        String oldest = files.isEmpty() ? "none" : files.get(0).name();
        boolean renamed = files.stream().noneMatch(each -> each.prefix().equals(LogFile.prefix(place.file())));
        if (!renamed && new BinlogPlace(oldest, 0).fileNumber() < place.fileNumber()) {
            throw changed(at, "the server's files begin with " + oldest + " and have none of that name");
        }
        return Optional.of((renamed ? "the binary log has other files" : "the binary log was purged")
                + ": the capture stood at " + place + ", the oldest file left is " + oldest);
    }

    private String tookOver(MysqlPosition at, MysqlGtids gtids, MysqlGtids unknown) {
        if (gtids.isEmpty()) {
            throw changed(
                    at,
                    "the server is " + uuid + ", and without GTIDs (gtid_mode=ON) nothing shows that it has the same history");
        }
        if (!unknown.isEmpty()) {
            throw changed(at, "the server is " + uuid + ", which never had " + unknown + " of GTIDs " + gtids);
        }
        return "another server took over: " + at.server() + " was captured up to " + at.place() + ", and now " + uuid
                + " answers, which has all of its GTIDs";
    }

    private SourceChangedException changed(MysqlPosition at, String why) {
        return new SourceChangedException(
                server.url() + " does not have the history that was captured: the log stands at " + at.place()
                        + " of server " + at.server() + ", and " + why
                        + ". Is it another server, was it restored from a backup, or was its log reset (RESET MASTER)? Give the right"
                        + " address, or begin a new repository, or a new timeline");
    }
}
