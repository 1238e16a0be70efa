package io.metawal.connectors.sql.binlog;

/** Which transactions were read, as the server's global transaction ids name them; none for a log without any. Immutable. */
public interface Gtids {
    /**
     * These, and then that one.
     *
     * @param gtid as it stands in a {@link BinlogGroup}
     */
    Gtids and(String gtid);

    boolean isEmpty();

    /** As the server itself writes them. */
    @Override
    String toString();
}
