package io.metawal.connectors.databend.log;

/** Where a raft log entry stands. */
public record LogId(long term, long index) {
    /** As exports since V001 write it; the node is the one that led, which nothing here depends on. */
    public String json() {
        return "{\"leader_id\":{\"term\":" + term + ",\"node_id\":0},\"index\":" + index + "}";
    }

    @Override
    public String toString() {
        return "index " + index + " of term " + term;
    }
}
