package io.metawal.storage.object;

/** What is to happen where a store's place is not there yet. */
public enum IfAbsent {
    /** Only {@code init} does: anything else would take a directory that is not mounted for an empty one. */
    CREATE,
    REFUSE
}
