package io.metawal.connectors.risingwave.simulated;

import io.metawal.metadata.fault.UsageException;

/** The three ways in which version deltas were written, each named after the first RisingWave that did so. */
public enum RwEra {
    /** v1.0 to v1.9: tables are members of groups, one epoch for all of them. */
    V1_0,
    /** v1.10 to v2.0: groups as before, tables with a committed epoch and a group of their own. */
    V1_10,
    /** From v2.1: new L0 sub levels, groups split at a key, merges, epochs that differ by table. */
    V2_1;

    /** The era of a RisingWave such as {@code 1.7.0}. */
    public static RwEra of(String version) {
        if (!version.matches("\\d{1,3}\\.\\d{1,3}(\\..*)?")) {
            throw new UsageException("\"" + version + "\" is no version of RisingWave; expected such as 1.7.0");
        }
        String[] parts = version.split("\\.", 3);
        int number = Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
        if (number < 1010) {
            return V1_0;
        }
        return number < 2001 ? V1_10 : V2_1;
    }

    boolean hasStateTables() {
        return this != V1_0;
    }
}
