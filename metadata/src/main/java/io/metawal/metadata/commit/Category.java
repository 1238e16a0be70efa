package io.metawal.metadata.commit;

/** The kinds of metadata; a space has one, by {@link CategoryRules}. */
public enum Category {
    CATALOG,
    HUMMOCK,
    USER,
    /** Id generators: a restore takes the newest known value, never an older one. */
    MONOTONIC,
    /** Leases, heartbeats, worker rows: true only while somebody renews them. */
    EPHEMERAL,
    OTHER
}
