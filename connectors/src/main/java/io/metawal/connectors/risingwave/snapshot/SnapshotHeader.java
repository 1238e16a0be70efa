package io.metawal.connectors.risingwave.snapshot;

/**
 * How a snapshot begins: {@code u32 format version, u64 id}, little-endian.
 *
 * @param id unsigned; that of the backup job, and the object's name: {@code <id>.snapshot}
 */
public record SnapshotHeader(int formatVersion, long id) {
    static final int LENGTH = 12;
}
