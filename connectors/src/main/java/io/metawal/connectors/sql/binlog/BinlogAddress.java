package io.metawal.connectors.sql.binlog;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a log is read, and as whom.
 *
 * @param database whose rows are wanted, as the log spells it
 * @param serverId the number that the server knows this replica by; no other replica may have it
 * @param tls how the connection is made
 * @param authority certificates of whom to trust; null for those that the JVM trusts
 */
public record BinlogAddress(
        String host,
        int port,
        String user,
        String password,
        String database,
        long serverId,
        Tls tls,
        @Nullable Path authority) {
    /** How far a connection is protected. */
    public enum Tls {
        OFF,
        /** Encrypted where the server can. */
        PREFERRED,
        /** Encrypted, to whoever answers. */
        REQUIRED,
        /** Encrypted, to a server whose certificate is trusted. */
        TRUSTED,
        /** And that bears the host's name. */
        VERIFIED
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
