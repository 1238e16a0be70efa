package io.metawal.metadata.commit;

/** What a change does to its key. */
public enum Op {
    PUT,
    DELETE
}
