package io.metawal.connectors.sql.binlog;

import io.metawal.connectors.sql.binlog.Gtids.Gtid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log keeps together: a transaction, or a statement that commits by itself.
 *
 * @param end behind its last byte
 * @param gtid null where the server gave none
 * @param seconds since 1970, when its last statement began, by the server's clock, which the log keeps no finer
 * @param rows of the database that is read, in their order
 * @param statements in words: what changes no rows of a table, or does so in a way that cannot be told row by row
 * @param untold why what it did to rows is not, or not only, in {@code rows}; empty where all of it is
 */
public record BinlogGroup(
        BinlogPlace end,
        @Nullable Gtid gtid,
        long seconds,
        List<BinlogRows> rows,
        List<Statement> statements,
        String untold) {

    /**
     * A statement in words.
     *
     * @param database that the session used; empty for none
     */
    public record Statement(String database, String sql) {}
}
