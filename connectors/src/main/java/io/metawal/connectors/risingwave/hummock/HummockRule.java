package io.metawal.connectors.risingwave.hummock;

/**
 * A rule by which RisingWave applies a version delta and that differs between releases, with the minor releases that are known to have it
 * (docs/formats/hummock.md, "Rules by release"). Source: {@code apply_version_delta} and what it calls in RisingWave's
 * {@code hummock_version_ext.rs}, at the tags v2.0.7 to v3.0.3 and on main.
 */
public enum HummockRule {
    /** A group's deltas are applied one by one. */
    ORDERED_DELTAS(201, 201, Unknown.BY_DELTA),

    /** A split or truncation raises a group's version id, and each compaction names it. From v2.2.4 on. */
    GROUP_VERSION_IDS(202, 203, Unknown.HOLDS, 4),

    /** A split removes the parent's emptied sub levels. */
    SPLIT_DROPS_SUB_LEVELS(202, 202, Unknown.HOLDS),

    /**
     * A compaction that removes an SST that is not there is applied; before, the complete compaction is ignored. From v2.2.4 on: the check of
     * version ids took the place of that of SSTs, so either rule shows the other.
     */
    ABSENT_SST_IS_IGNORED(202, 203, Unknown.HOLDS, 4),

    /** A change log keeps the epoch that it is truncated at. */
    LOG_KEEPS_TRUNCATE_EPOCH(203, 203, Unknown.HOLDS),

    /** A split or truncation removes SSTs without tables and sums the sizes of levels. From v2.7.3, and v2.8.1, on. */
    LEVELS_NORMALIZED(207, 300, Unknown.HOLDS, 3, 1),

    /** Watermarks have the kind that they are of in a field of its own, those of a version that is loaded, too. */
    WATERMARK_KIND_WRITTEN(208, 208, Unknown.FAILS),

    /** A meta node that starts removes dropped tables from SSTs; no delta says so. From v2.8.4 on. */
    PRUNED_AT_START(208, 300, Unknown.FAILS, 4),

    /** Change logs are rows of the meta store, not part of the version. */
    LOGS_OUTSIDE_VERSION(300, 300, Unknown.FAILS),

    /** A dropped table loses its watermarks. From v3.0.2 on. */
    DROP_REMOVES_WATERMARKS(300, 301, Unknown.HOLDS, 2),

    /** A meta node that loads a version writes the filters of SSTs in the form of v3.1. */
    FILTERS_REWRITTEN(301, 301, Unknown.FAILS);

    private final int maybeFrom;
    private final int surelyFrom;
    private final Unknown unknown;
    /** Never changed, and never given out. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final int[] firstPatches;

    /** What is assumed where neither the meta store nor the version answers. */
    enum Unknown {
        HOLDS,
        FAILS,
        /** Each delta is looked at. */
        BY_DELTA
    }

    /**
     * @param maybeFrom the first minor release, as {@code major * 100 + minor}, of which a patch release may have it
     * @param surelyFrom the first minor release of which every patch release has it
     * @param firstPatches of each minor release from {@code maybeFrom} to before {@code surelyFrom}, the first patch release that has it
     */
    HummockRule(int maybeFrom, int surelyFrom, Unknown unknown, int... firstPatches) {
        this.maybeFrom = maybeFrom;
        this.surelyFrom = surelyFrom;
        this.unknown = unknown;
        this.firstPatches = firstPatches;
    }

    Unknown unknown() {
        return unknown;
    }

    /** Whether this patch release of a minor release has it. */
    boolean isIn(int minor, int patch) {
        return minor >= surelyFrom || minor >= maybeFrom && patch >= firstPatches[minor - maybeFrom];
    }
}
