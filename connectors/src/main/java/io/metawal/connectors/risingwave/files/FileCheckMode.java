package io.metawal.connectors.risingwave.files;

/** Whether a restore asks for the files that the restored version refers to. */
public enum FileCheckMode {
    REQUIRED,
    NOT_ASKED
}
