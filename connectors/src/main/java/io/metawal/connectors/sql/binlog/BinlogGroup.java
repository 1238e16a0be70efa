package io.metawal.connectors.sql.binlog;

import java.util.List;

/**
 * What the log keeps together: a transaction, or a statement that commits by itself.
 *
 * @param end behind its last byte
 * @param gtid as the server writes it; empty where it gave none
 * @param time when it was committed, by the server's clock
 * @param rows of the database that is read, in their order
 * @param statements in words: what changes no rows of a table, or does so in a way that cannot be told row by row
 * @param untold why what it did to rows is not, or not only, in {@code rows}; empty where all of it is
 */
public record BinlogGroup(
        BinlogPlace end,
        String gtid,
        Time time,
        List<BinlogRows> rows,
        List<Statement> statements,
        String untold) {

    /**
     * A time in the log.
     *
     * @param seconds since 1970, when the last statement began; MariaDB's log keeps it no finer
     * @param micros since 1970, of the commit; 0 where the log does not say
     */
    public record Time(long seconds, long micros) {}

    /**
     * A statement in words.
     *
     * @param database that the session used; empty for none
     */
    public record Statement(String database, String sql) {}
}
