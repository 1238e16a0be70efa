package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.port.CommitSink;
import org.jspecify.annotations.Nullable;

/**
 * An export of a Databend meta service, imported once: its state at LastApplied as a base, each committed log entry as a commit; before
 * LastApplied too where the log is there from its beginning and proves to lead to that state. The file is read from end to end and
 * checked before the first commit is given. See {@code docs/formats/databend.md}.
 */
public final class DatabendImport {
    /** Every commit's origin. */
    public static final String ORIGIN = "databend";

    private final ExportReader reader;
    private final ImportOptions options;

    /**
     * @param reader of the export, which is read several times: what comes from standard input has to be put into a file first
     */
    public DatabendImport(ExportReader reader, ImportOptions options) {
        this.reader = reader;
        this.options = options;
    }

    /** The log entry that a source position is of; its leader is not in it. */
    public static LogId at(ByteString position) {
        DatabendPosition at = DatabendPosition.parse(position);
        return new LogId(at.term(), 0, at.index());
    }

    /** The entry from which a log alone is enough to go on; -1 where there is none, or a base is not complete. */
    public static long joinsAfter(ByteString position) {
        DatabendPosition at = position.isEmpty() ? null : DatabendPosition.parse(position);
        return at == null || at.baseAfter() != null ? -1 : at.index();
    }

    /**
     * Imports what the log does not have yet. A fault of the file is a {@code CorruptException} or {@code UnsupportedFormatException}
     * before anything was given to the sink; another cluster's export is a {@code SourceChangedException}.
     *
     * @param resumeAt the source position of the last commit in the log; empty where there is none
     */
    public ImportReport run(ByteString resumeAt, CommitSink sink) throws InterruptedException {
        DatabendPosition position = resumeAt.isEmpty() ? null : DatabendPosition.parse(resumeAt);
        ExportCheck check = ExportCheck.of(reader, position == null ? -1 : position.index());
        return run(check, position, sink);
    }

    ImportReport run(ExportCheck check, @Nullable DatabendPosition position, CommitSink sink)
            throws InterruptedException {
        ImportRun run = new ImportRun(reader, check, options, sink);
        return run.run(run.plan(position), position);
    }
}
