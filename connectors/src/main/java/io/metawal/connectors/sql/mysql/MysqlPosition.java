package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.CorruptException;
import java.util.Map;

/**
 * Where a binary log is captured up to, in a {@link SqlPosition}: {@code offset} holds file and pos, {@code facts} the GTIDs of all domains
 * ({@code gtids}), the one of the last transaction ({@code gtid}), and {@code lift}.
 *
 * @param lift what is added to {@link BinlogPlace#clock()}, so that the clock never falls when another server with younger files takes over
 */
record MysqlPosition(BinlogPlace place, Gtids gtids, String gtid, long lift) {
    static MysqlPosition of(SqlPosition position) {
        Object file = position.offset().get("file");
        Object offset = position.offset().get("pos");
        if (!(file instanceof String name) || !(offset instanceof Number number)) {
            throw new CorruptException("the log's source position " + position
                    + " names no place in a binary log: expected file and pos, found " + position.offset());
        }
        return new MysqlPosition(
                new BinlogPlace(name, number.longValue()),
                Gtids.parse(position.facts().getOrDefault("gtids", "")),
                position.facts().getOrDefault("gtid", ""),
                Long.parseLong(position.facts().getOrDefault("lift", "0")));
    }

    long clock() {
        return lift + place.clock();
    }

    MysqlPosition at(BinlogPlace end, Gtids all, String last) {
        return new MysqlPosition(end, all, last, lift);
    }

    SqlPosition written(String identity) {
        return SqlPosition.at(
                SqlEngine.MARIADB,
                identity,
                place.toString(),
                clock(),
                Map.of("file", place.file(), "pos", place.offset()),
                Map.of("gtids", gtids.toString(), "gtid", gtid, "lift", String.valueOf(lift)));
    }
}
