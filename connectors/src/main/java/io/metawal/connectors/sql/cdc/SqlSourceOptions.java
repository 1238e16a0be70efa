package io.metawal.connectors.sql.cdc;

import java.nio.file.Path;
import java.util.Set;

/**
 * How a database is captured.
 *
 * @param name tells captures of the same database apart: lower-case letters, digits and {@code _}
 * @param slot PostgreSQL's replication slot; empty for {@code metawal_<database>_<name>}
 * @param publication PostgreSQL's publication; empty for the slot's name
 * @param excludedTables tables that are left out, by name
 * @param heartbeatMillis how often the source is asked for what is new, and its tables compared
 * @param retainedBytesMax how much of its log the source may keep for a capture that does not come forward
 * @param scratch where a base is put in order; an existing directory
 */
public record SqlSourceOptions(
        String name,
        String slot,
        String publication,
        Set<String> excludedTables,
        long heartbeatMillis,
        long retainedBytesMax,
        AtBound atBound,
        Path scratch) {
    public static final long HEARTBEAT_MILLIS = 1_000;
    public static final long RETAINED_BYTES_MAX = 16L << 30;

    /** What happens where the source keeps more of its log than it may. */
    public enum AtBound {
        /** It may let go of the log, which protects the database; the capture goes on with a recorded gap and a new base. */
        DROP,
        /** It keeps the log, at the risk of a full disk; it is only warned of. */
        KEEP
    }

    public SqlSourceOptions {
        excludedTables = Set.copyOf(excludedTables);
    }

    public static SqlSourceOptions defaults() {
        Path scratch = Path.of(System.getProperty("java.io.tmpdir"));
        return new SqlSourceOptions(
                "main", "", "", Set.of(), HEARTBEAT_MILLIS, RETAINED_BYTES_MAX, AtBound.DROP, scratch);
    }

    public SqlSourceOptions withName(String other) {
        return new SqlSourceOptions(
                other, slot, publication, excludedTables, heartbeatMillis, retainedBytesMax, atBound, scratch);
    }

    public SqlSourceOptions withSlot(String otherSlot, String otherPublication) {
        return new SqlSourceOptions(
                name, otherSlot, otherPublication, excludedTables, heartbeatMillis, retainedBytesMax, atBound, scratch);
    }

    public SqlSourceOptions withExcludedTables(Set<String> tables) {
        return new SqlSourceOptions(
                name, slot, publication, tables, heartbeatMillis, retainedBytesMax, atBound, scratch);
    }

    public SqlSourceOptions withHeartbeatMillis(long millis) {
        return new SqlSourceOptions(
                name, slot, publication, excludedTables, millis, retainedBytesMax, atBound, scratch);
    }

    public SqlSourceOptions withRetained(long bytesMax, AtBound what) {
        return new SqlSourceOptions(name, slot, publication, excludedTables, heartbeatMillis, bytesMax, what, scratch);
    }

    public SqlSourceOptions withScratch(Path directory) {
        return new SqlSourceOptions(
                name, slot, publication, excludedTables, heartbeatMillis, retainedBytesMax, atBound, directory);
    }
}
