package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.simulated.Numbers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Ids of {@code hummock_sequence}: a row says which is the next to hand out; taking some is a transaction of its own. For one thread.
 */
final class SequenceIds implements Numbers {
    static final String SST = "sstable_object";
    static final String GROUP = "compaction_group";
    static final String TASK = "compaction_task";

    private static final int AT_ONCE = 10;
    private static final long FIRST_GROUP = 5;

    private final SimulatedStore store;
    private final Connection connection;
    private final Map<String, Long> next = new HashMap<>();
    private final Map<String, Long> ends = new HashMap<>();

    SequenceIds(SimulatedStore store, Connection connection) {
        this.store = store;
        this.connection = connection;
    }

    /** The first of so many, of which the rest may be lost when the meta node ends. */
    long take(String name, int count) {
        long first = next.getOrDefault(name, name.equals(GROUP) ? FIRST_GROUP : 1L);
        if (first + count > ends.getOrDefault(name, 0L)) {
            first = reserve(name, Math.max(count, name.equals(GROUP) ? 1 : AT_ONCE), first);
        }
        next.put(name, first + count);
        return first;
    }

    private long reserve(String name, int count, long first) {
        try {
            SqlTransaction transaction = store.begin(connection);
            long from;
            if (ends.containsKey(name)) {
                from = ends.getOrDefault(name, first);
                transaction.update("hummock_sequence", Map.of("name", name), Map.of("seq", from + count));
            } else {
                from = first;
                long unused = transaction.insert("hummock_sequence", Map.of("name", name, "seq", from + count));
            }
            transaction.commit("sequence " + name + " up to " + (from + count));
            ends.put(name, from + count);
            return from;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot take ids of " + name, e);
        }
    }

    @Override
    public long ssts(int count) {
        return take(SST, count);
    }

    @Override
    public long group() {
        return take(GROUP, 1);
    }
}
