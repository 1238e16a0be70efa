package io.metawal.connectors.risingwave.hummock;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * Something that a delta showed beside what it changes.
 *
 * @param text for people: where, and what
 */
public record Observation(Kind kind, String text) {
    /** Ordered by how much it says about the version. */
    public enum Kind {
        /** The meta node had removed dropped tables from SSTs when it started, and so was done here. */
        PRUNED,

        /** The release numbers no groups: the numbers that were assumed were taken back. */
        NO_GROUP_VERSION_IDS,

        /**
         * A compaction removes an SST that is not there; the rest of it was applied, or, before v2.2.4, nothing of it. RisingWave writes none: the
         * version is not RisingWave's.
         */
        ABSENT_SST,

        /**
         * A compaction names another version id than its group has, and no start of a meta node explains it. RisingWave ignores such a
         * compaction, but writes none: the version is not RisingWave's.
         */
        EXPIRED
    }

    static String prunedTables(Set<Integer> tables) {
        return "tables removed from SSTs as the meta node did when it started: "
                + tables.stream().map(HummockKeys::u32).collect(Collectors.joining(", "));
    }
}
