package io.metawal.connectors.risingwave.sqltarget;

import io.metawal.metadata.commit.EntryKey;
import java.util.Set;

/**
 * Whether the tables of time travel are restored. A job that fills itself from a snapshot of its upstream, or from another database, reads
 * older versions through them, and fails again and again without; other jobs do not need them, and a cluster fills them again by itself.
 */
public enum TimeTravel {
    /** Where a job was being created that reads them. */
    WHERE_NEEDED,
    ALWAYS,
    NEVER;

    static final String SST = "hummock_sstable_info";

    private static final String SPACE = "ephemeral.sql_";
    private static final Set<String> TABLES =
            Set.of("hummock_time_travel_version", "hummock_time_travel_delta", SST, "hummock_epoch_to_version");

    /** Name of the table whose row an entry is; empty where it is none of these. */
    static String table(EntryKey key) {
        String space = key.space().name();
        String table = space.startsWith(SPACE) ? space.substring(SPACE.length()) : "";
        return TABLES.contains(table) ? table : "";
    }
}
