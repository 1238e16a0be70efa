package io.metawal.connectors.databend.replay;

/**
 * One entry of the raft log.
 *
 * @param timeMs when its leader proposed it, ms since 1970; 0 where it does not say
 * @param text the entry as the export has it, {@code {"log_id":…,"payload":…}}
 * @param content a hash of what it says, the same however its version writes it
 */
public record LogEntry(LogId id, long timeMs, Command command, String text, long content) {
    public long index() {
        return id.index();
    }
}
