package io.metawal.connectors.sql.target;

import io.metawal.metadata.image.Digest;
import java.util.List;

/**
 * Rows that are in a database and were read back, or that are going to be written.
 *
 * @param digest over all of them, as read back
 * @param leftOut rows that have no place in the database
 * @param notes for the operator, a line each
 */
public record LoadResult(long rows, Digest digest, long leftOut, List<String> notes) {
    public LoadResult {
        notes = List.copyOf(notes);
    }

    public LoadResult(long rows, Digest digest, List<String> notes) {
        this(rows, digest, 0, notes);
    }
}
