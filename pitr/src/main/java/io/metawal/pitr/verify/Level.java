package io.metawal.pitr.verify;

/** How deep to look; each level includes the ones before. */
public enum Level {
    /** Names, small objects, contiguity, the head: nothing large is read. */
    LIST,
    /** Every object is read and its checksums held against it. */
    HASH,
    /** Every commit's CRC and chain value is computed again. */
    CHAIN,
    /** Every snapshot and the head are replayed, and their digests compared. */
    REPLAY;

    boolean includes(Level other) {
        return compareTo(other) >= 0;
    }
}
