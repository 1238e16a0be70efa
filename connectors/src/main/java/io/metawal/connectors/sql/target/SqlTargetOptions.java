package io.metawal.connectors.sql.target;

import java.nio.file.Path;

/**
 * How a database is restored into.
 *
 * @param scratch a directory for temporary files: as much as the rows
 * @param lockSeconds how long a restore waits for another one into the same database
 */
public record SqlTargetOptions(Schema schema, Path scratch, int lockSeconds) {
    private static final int LOCK_SECONDS = 10;

    public SqlTargetOptions(Schema schema, Path scratch) {
        this(schema, scratch, LOCK_SECONDS);
    }

    /** Where the tables come from. */
    public enum Schema {
        /** They are there, empty. */
        EXISTING,
        /** They are made as they were captured, in an empty database of the same kind. */
        CREATE
    }
}
