package io.metawal.connectors.risingwave.simulated;

/** Where ids come from; each is given once. */
public interface Numbers {
    /** The first of so many consecutive ids, of SSTs and of the objects that hold them. */
    long ssts(int count);

    /** A compaction group's id. */
    long group();
}
