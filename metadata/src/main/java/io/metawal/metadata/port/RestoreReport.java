package io.metawal.metadata.port;

import java.util.List;

/**
 * What came of writing to a target.
 *
 * @param entries written
 * @param skipped left out because they cannot be, or were asked not to be, at the target: a warning
 * @param ephemeral left out because they only last while a running service renews them, such as sessions and heartbeats
 * @param notes for the operator, a line each
 */
public record RestoreReport(long entries, long skipped, long ephemeral, List<String> notes) {
    public RestoreReport {
        notes = List.copyOf(notes);
    }

    public RestoreReport(long entries, long skipped, List<String> notes) {
        this(entries, skipped, 0, notes);
    }

    public RestoreReport withNotes(List<String> other) {
        return new RestoreReport(entries, skipped, ephemeral, other);
    }
}
