package io.metawal.connectors.databend.targets;

import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.fault.GapException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Log lines of data version V004: {@code Vote}, {@code Purged} and then one entry each, with consecutive indexes up to LastApplied and ids
 * that rise. An import refuses others, or makes a log of them that no leader can append to.
 */
final class RaftLines {
    private RaftLines() {}

    /** The vote of one who follows the leader of the last entry, as its log would have it. */
    static String vote(LogId last) {
        // Nobody is elected for term 0: it is what a cluster begins with.
        return "[\"raft_log\",{\"Vote\":{\"leader_id\":" + last.leader() + ",\"committed\":" + (last.term() > 0)
                + "}}]";
    }

    static String purged(LogId last) {
        return "[\"raft_log\",{\"Purged\":" + last.json() + "}]";
    }

    /**
     * Writes them, each as it comes.
     *
     * @param entries as {@link LogText} has them, in order; those behind {@code last} are left out
     * @param last LastApplied
     * @return whether there were any
     */
    static boolean write(ExportOptions.LogSource entries, LogId last, Consumer<String> lines) {
        Written written = new Written();
        entries.read(entry -> {
            LogId id = TodaysForm.idOf(entry);
            if (id.index() > last.index()) {
                return false;
            }
            LogId before = written.last;
            if (before == null && id.index() > 0) {
                lines.accept(purged(id.at(id.index() - 1)));
            } else if (before != null) {
                follows(before, id);
            }
            written.last = id;
            lines.accept("[\"raft_log\",{\"LogEntry\":" + TodaysForm.entry(entry, id) + "}]");
            return true;
        });
        LogId end = written.last;
        if (end != null && end.index() < last.index()) {
            throw new GapException("the log entries to be written end at index " + end.index()
                    + ", before LastApplied, " + last.index() + ": restore without log lines");
        }
        if (end != null && !end.equals(last)) {
            throw new GapException("the last log entry to be written is " + end.json() + ", and LastApplied is "
                    + last.json() + ": restore without log lines");
        }
        return end != null;
    }

    private static void follows(LogId before, LogId id) {
        if (id.index() != before.index() + 1) {
            throw new GapException("the log entries to be written have index " + id.index() + " where "
                    + (before.index() + 1) + " was expected: restore without log lines");
        }
        if (id.compareTo(before) <= 0) {
            throw new GapException("the log entries to be written have " + id.json() + " after " + before.json()
                    + ", which databend-metactl refuses: restore without log lines");
        }
    }

    private static final class Written {
        private @Nullable LogId last;
    }
}
