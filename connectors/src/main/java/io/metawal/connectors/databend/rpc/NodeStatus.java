package io.metawal.connectors.databend.rpc;

/**
 * What a node says of itself.
 *
 * @param leads whether it takes itself for the leader; one that is cut off from the others may for a while be wrong
 * @param lastLogIndex of its own log, whether agreed on yet or not
 * @param lastSeq the seq that the last write took
 * @param release such as {@code v1.2.763-nightly-…} or {@code 260312.5.0}
 */
public record NodeStatus(
        String endpoint, boolean leads, long term, long lastLogIndex, long lastSeq, String release) {}
