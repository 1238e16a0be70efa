package io.metawal.connectors.databend;

import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.log.ServerRules;
import io.metawal.connectors.databend.replay.MetaStyle;

/**
 * How an import is done.
 *
 * @param logText whether each commit keeps its log entry's text, so that log lines can be written again
 * @param historyBytesMax how much text of log entries before LastApplied is replayed in memory, to prove that it leads to the
 *     export's state, before it becomes history; a longer log is not taken for history
 * @param changedBytesMax how much of what log entries changed is held in memory, about, before it is looked up in the image again
 * @param release of the server, as it says itself; empty where the export alone tells
 */
public record ImportOptions(LogText logText, long historyBytesMax, long changedBytesMax, String release) {
    public static final ImportOptions DEFAULT = new ImportOptions(LogText.KEPT, 128L << 20, 64L << 20, "");

    public ImportOptions ofRelease(String server) {
        return new ImportOptions(logText, historyBytesMax, changedBytesMax, server);
    }

    /** How what stands beside a record is written: by the release where that is known, since an export may have no state. */
    MetaStyle style(ExportCheck check) {
        return ServerRules.ofRelease(release)
                .filter(rules -> rules.proposal() == ServerRules.Proposal.KEPT)
                .map(rules -> MetaStyle.PROPOSED)
                .orElseGet(() -> check.state().style(check.version()));
    }

    ServerRules rules(ExportCheck check) {
        return ServerRules.ofRelease(release).orElseGet(check::rules);
    }

    /** What becomes of the text of log entries. */
    public enum LogText {
        KEPT,
        LEFT_OUT
    }
}
