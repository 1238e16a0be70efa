package io.metawal.connectors.sql.cdc;

import io.metawal.metadata.commit.BodyCodec;
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
 * @param transactionBytesMax what one transaction may weigh in the heap; a larger one is not captured as such, but by a new base
 */
public record SqlSourceOptions(
        String name,
        String slot,
        String publication,
        Set<String> excludedTables,
        long heartbeatMillis,
        long retainedBytesMax,
        AtBound atBound,
        Path scratch,
        long transactionBytesMax) {
    public static final long HEARTBEAT_MILLIS = 1_000;
    public static final long RETAINED_BYTES_MAX = 16L << 30;

    private static final long TRANSACTION_HEAP_SHARE = 8;
    // The position, and the names of the spaces, stand in a commit as well.
    private static final long COMMIT_BYTES_MAX = BodyCodec.PAYLOAD_BYTES_MAX - (1 << 20);

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
                "main",
                "",
                "",
                Set.of(),
                HEARTBEAT_MILLIS,
                RETAINED_BYTES_MAX,
                AtBound.DROP,
                scratch,
                transactionBytesMax(Runtime.getRuntime().maxMemory()));
    }

    public SqlSourceOptions withName(String other) {
        return new SqlSourceOptions(
                other,
                slot,
                publication,
                excludedTables,
                heartbeatMillis,
                retainedBytesMax,
                atBound,
                scratch,
                transactionBytesMax);
    }

    public SqlSourceOptions withSlot(String otherSlot, String otherPublication) {
        return new SqlSourceOptions(
                name,
                otherSlot,
                otherPublication,
                excludedTables,
                heartbeatMillis,
                retainedBytesMax,
                atBound,
                scratch,
                transactionBytesMax);
    }

    public SqlSourceOptions withExcludedTables(Set<String> tables) {
        return new SqlSourceOptions(
                name,
                slot,
                publication,
                tables,
                heartbeatMillis,
                retainedBytesMax,
                atBound,
                scratch,
                transactionBytesMax);
    }

    public SqlSourceOptions withHeartbeatMillis(long millis) {
        return new SqlSourceOptions(
                name,
                slot,
                publication,
                excludedTables,
                millis,
                retainedBytesMax,
                atBound,
                scratch,
                transactionBytesMax);
    }

    public SqlSourceOptions withRetained(long bytesMax, AtBound what) {
        return new SqlSourceOptions(
                name, slot, publication, excludedTables, heartbeatMillis, bytesMax, what, scratch, transactionBytesMax);
    }

    public SqlSourceOptions withScratch(Path directory) {
        return new SqlSourceOptions(
                name,
                slot,
                publication,
                excludedTables,
                heartbeatMillis,
                retainedBytesMax,
                atBound,
                directory,
                transactionBytesMax);
    }

    /** The same with a bound for transactions, at most what one commit may hold. */
    public SqlSourceOptions withTransactionBytesMax(long bytesMax) {
        return new SqlSourceOptions(
                name,
                slot,
                publication,
                excludedTables,
                heartbeatMillis,
                retainedBytesMax,
                atBound,
                scratch,
                Math.min(bytesMax, COMMIT_BYTES_MAX));
    }

    /**
     * Of a heap: where a commit is archived, it is there four times for a moment (read, put into a block, compressed, read back), while the
     * next transaction is held as changes and as bytes; and a collector of two generations gives large arrays two thirds of its heap.
     */
    static long transactionBytesMax(long heapBytesMax) {
        return Math.min(heapBytesMax / TRANSACTION_HEAP_SHARE, COMMIT_BYTES_MAX);
    }
}
