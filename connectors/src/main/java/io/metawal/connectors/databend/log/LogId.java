package io.metawal.connectors.databend.log;

import java.util.Comparator;

/**
 * Where a raft log entry stands. Servers order them by the leader, its term and then its node, and only then by the index; their log
 * refuses an entry that is not greater than the one before it.
 *
 * @param node the leader's id, unsigned; 0 where the export is of before 2023 and does not say
 */
public record LogId(long term, long node, long index) implements Comparable<LogId> {
    private static final Comparator<LogId> ORDER = Comparator.comparingLong(LogId::term)
            .thenComparing(LogId::node, Long::compareUnsigned)
            .thenComparingLong(LogId::index);

    /** Before everything, and what a cluster's first entry has. */
    public static final LogId FIRST = new LogId(0, 0, 0);

    /** Another entry of the same leader. */
    public LogId at(long other) {
        return new LogId(term, node, other);
    }

    /** As exports since V001 write it. */
    public String json() {
        return "{\"leader_id\":" + leader() + ",\"index\":" + index + "}";
    }

    /** The leader's id, JSON. */
    public String leader() {
        return "{\"term\":" + term + ",\"node_id\":" + Long.toUnsignedString(node) + "}";
    }

    @Override
    public int compareTo(LogId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "index " + index + " of term " + term;
    }
}
