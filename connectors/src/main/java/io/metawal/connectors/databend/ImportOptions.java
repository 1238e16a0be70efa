package io.metawal.connectors.databend;

/**
 * How an import is done.
 *
 * @param logText whether each commit keeps its log entry's text, so that log lines can be written again
 * @param historyBytesMax how much text of log entries before LastApplied is replayed in memory, to prove that it leads to the
 *     export's state, before it becomes history; a longer log is not taken for history
 * @param changedBytesMax how much of what log entries changed is held in memory, about, before it is looked up in the image again
 */
public record ImportOptions(LogText logText, long historyBytesMax, long changedBytesMax) {
    public static final ImportOptions DEFAULT = new ImportOptions(LogText.KEPT, 128L << 20, 64L << 20);

    /** What becomes of the text of log entries. */
    public enum LogText {
        KEPT,
        LEFT_OUT
    }
}
