package io.metawal.connectors.databend.grpc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an export may end: before the state, if its log has the entry that is to be gone on from, and says up to where it is agreed on. That
 * entry shows that the log is of the same cluster.
 */
final class LogOnly {
    private static final String STATE = "[\"state_machine/";
    private static final String COMMITTED = "[\"raft_log\",{\"Committed\":{";
    private static final String ENTRY = "[\"raft_log\",{\"LogEntry\":";
    private static final Pattern INDEX = Pattern.compile(
            "\\{\"log_id\":\\{\"leader_id\":\\{\"term\":\\d+,\"node_id\":\\d+},\"index\":(\\d{1,18})}.*",
            Pattern.DOTALL);

    private final long joinsAfter;
    private boolean committed;
    private long first = -1;

    /** @param joinsAfter -1 where the whole is wanted */
    LogOnly(long joinsAfter) {
        this.joinsAfter = joinsAfter;
    }

    /** To be asked of every line, in order. */
    boolean endsBefore(String line) {
        if (joinsAfter < 0) {
            return false;
        }
        committed |= line.startsWith(COMMITTED);
        if (first < 0 && line.startsWith(ENTRY)) {
            Matcher m = INDEX.matcher(line.substring(ENTRY.length()));
            first = m.matches() ? Long.parseLong(m.group(1)) : Long.MAX_VALUE;
        }
        return line.startsWith(STATE) && committed && first >= 0 && first <= joinsAfter;
    }
}
