package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.CorruptException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a binary log is captured up to, in a {@link SqlPosition}: {@code offset} holds file and pos, and when the file was begun
 * ({@code begun}, seconds since 1970) where that is known; {@code facts} the GTIDs captured up to there ({@code gtids}; MariaDB's are the
 * last of each domain), the one of the last transaction ({@code gtid}), {@code lift}, and MySQL's {@code server_uuid}.
 *
 * @param server MySQL's {@code server_uuid}; empty for MariaDB
 * @param lift what is added to {@link BinlogPlace#clock()}, so that the clock never falls when another server with younger files takes over
 */
record MysqlPosition(SqlEngine engine, String server, BinlogPlace place, Gtids gtids, String gtid, long lift) {
    static MysqlPosition of(SqlPosition position) {
        Object file = position.offset().get("file");
        Object offset = position.offset().get("pos");
        Object begun = position.offset().getOrDefault("begun", 0L);
        if (!(file instanceof String name)
                || !(offset instanceof Number number)
                || !(begun instanceof Number seconds)) {
            throw new CorruptException("the log's source position " + position
                    + " names no place in a binary log: expected file and pos, found " + position.offset());
        }
        SqlEngine engine = SqlEngine.ofWord(position.engine());
        return new MysqlPosition(
                engine,
                position.facts().getOrDefault("server_uuid", ""),
                new BinlogPlace(name, number.longValue(), seconds.longValue()),
                Flavour.gtids(engine, position.facts().getOrDefault("gtids", "")),
                position.facts().getOrDefault("gtid", ""),
                Long.parseLong(position.facts().getOrDefault("lift", "0")));
    }

    long clock() {
        return lift + place.clock();
    }

    /** @param last empty for a transaction without one */
    MysqlPosition behind(BinlogPlace end, String last) {
        return new MysqlPosition(engine, server, end, last.isEmpty() ? gtids : gtids.and(last), last, lift);
    }

    /** The same, further on, where nothing of ours was. */
    MysqlPosition passed(BinlogPlace end) {
        return new MysqlPosition(engine, server, end, gtids, gtid, lift);
    }

    SqlPosition written(String identity) {
        Map<String, Object> offset = new TreeMap<>(Map.of("file", place.file(), "pos", place.offset()));
        if (place.begun() != 0) {
            offset.put("begun", place.begun());
        }
        Map<String, String> facts =
                new TreeMap<>(Map.of("gtids", gtids.toString(), "gtid", gtid, "lift", String.valueOf(lift)));
        if (!server.isEmpty()) {
            facts.put("server_uuid", server);
        }
        return SqlPosition.at(engine, identity, place.toString(), clock(), offset, facts);
    }
}
