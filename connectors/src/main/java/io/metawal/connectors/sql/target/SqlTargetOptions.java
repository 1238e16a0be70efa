package io.metawal.connectors.sql.target;

import java.nio.file.Path;

/**
 * How a database is restored into.
 *
 * @param scratch a directory for temporary files: as much as the rows
 */
public record SqlTargetOptions(Schema schema, Path scratch) {
    /** Where the tables come from. */
    public enum Schema {
        /** They are there, empty. */
        EXISTING,
        /** They are made as they were captured, in an empty database of the same kind. */
        CREATE
    }
}
