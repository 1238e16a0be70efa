package io.metawal.connectors.databend.log;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the raft log.
 *
 * @param timeMs when its leader proposed it, ms since 1970; 0 where it does not say
 * @param text the entry as the export has it, {@code {"log_id":…,"payload":…}}
 * @param payload what it says, as a {@link JsonTree}
 */
public record LogEntry(
        LogId id,
        long timeMs,
        Command command,
        String text,
        @Nullable Object payload) {
    /** A hash of what it says, the same however its version writes it. */
    public long content() {
        return ContentHash.of(payload);
    }

    public long index() {
        return id.index();
    }
}
