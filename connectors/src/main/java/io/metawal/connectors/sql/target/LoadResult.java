package io.metawal.connectors.sql.target;

import io.metawal.metadata.image.Digest;
import java.util.List;

/**
 * Rows that stand in a database and were read back.
 *
 * @param digest over all of them, as read back
 * @param notes for the operator, a line each
 */
public record LoadResult(long rows, Digest digest, List<String> notes) {
    public LoadResult {
        notes = List.copyOf(notes);
    }
}
