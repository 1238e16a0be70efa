package io.metawal.connectors.risingwave.simulated;

/**
 * Releases that apply version deltas by different rules, written after RisingWave's {@code hummock_version_ext.rs} at their tags, not after what
 * metawal makes of them.
 */
public enum SimulatedRelease {
    /** What is assumed where the release is not known: of each rule the newest that changes nothing outside deltas. */
    ASSUMED(0),
    /** v2.0.7, and by the same rules those before: the releases on etcd. */
    V2_0(200),
    /** v2.1.5. */
    V2_1(201),
    /** v2.2.3: the last that does not number groups. */
    V2_2(202),
    /** v2.6.3. */
    V2_6(206),
    /** v2.8.5. */
    V2_8(208),
    /** v3.0.3. */
    V3_0(300),
    /** main of August 2026. */
    V3_1(301);

    private final int minor;

    SimulatedRelease(int minor) {
        this.minor = minor;
    }

    /** {@code major * 100 + minor}; 0 for none. */
    public int minor() {
        return minor;
    }

    private boolean since(int first) {
        return this == ASSUMED || minor >= first;
    }

    boolean splitsByTablesInHalves() {
        return this != ASSUMED && minor >= 201;
    }

    boolean numbersGroups() {
        return since(206);
    }

    boolean splitRemovesEmptySubLevels() {
        return since(202);
    }

    /** From v2.2.4 on; RisingWave writes no other. */
    boolean appliesWithoutRemovedSst() {
        return since(206);
    }

    boolean logKeepsEpoch() {
        return since(206);
    }

    /** Whether splits and truncations leave no SST without tables, and sum sizes. */
    boolean normalizes() {
        return since(208);
    }

    boolean dropRemovesWatermarks() {
        return since(300);
    }

    boolean hasVectorIndexes() {
        return since(206);
    }

    boolean truncates() {
        return since(206);
    }

    /** Whether a DROP takes the tables out of SSTs, too. */
    boolean dropTruncates() {
        return this != ASSUMED && minor >= 208;
    }

    boolean prunesAtStart() {
        return this != ASSUMED && minor >= 208;
    }

    /** Whether deltas have change logs. */
    boolean hasLogsInDeltas() {
        return this != V3_1;
    }

    boolean hasLogsInVersion() {
        return this == ASSUMED || minor < 300;
    }

    boolean writesWatermarkKinds() {
        return this != ASSUMED && minor >= 208;
    }

    boolean writesFilterTypes() {
        return this == V3_1;
    }
}
