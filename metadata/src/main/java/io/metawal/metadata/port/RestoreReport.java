package io.metawal.metadata.port;

import java.util.List;

/**
 * What came of writing to a target.
 *
 * @param entries written
 * @param skipped left out because they cannot be, or were asked not to be, at the target
 * @param notes for the operator, a line each
 */
public record RestoreReport(long entries, long skipped, List<String> notes) {
    public RestoreReport {
        notes = List.copyOf(notes);
    }
}
