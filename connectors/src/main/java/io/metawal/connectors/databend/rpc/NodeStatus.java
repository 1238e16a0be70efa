package io.metawal.connectors.databend.rpc;

/**
 * What a node says of itself.
 *
 * @param leads whether it takes itself for the leader; one that is cut off from the others may for a while be wrong
 * @param lastLogIndex of its own log, whether agreed on yet or not
 * @param lastApplied the id of the entry that it applied last, such as {@code T1-N0.33}
 * @param lastSeq the seq that the last write took
 * @param release such as {@code v1.2.763-nightly-…} or {@code 260312.5.0}
 */
public record NodeStatus(
        String endpoint,
        boolean leads,
        long term,
        long lastLogIndex,
        String lastApplied,
        long lastSeq,
        String release) {
    /** Whether it has applied its whole log, so that what it says of its state is of the last entry; true where it does not say. */
    public boolean appliedAll() {
        return lastApplied.isEmpty() || lastApplied.matches(".*\\D" + lastLogIndex);
    }
}
