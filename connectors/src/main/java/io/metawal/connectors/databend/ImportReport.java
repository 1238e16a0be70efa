package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * What came of an import.
 *
 * @param version of the export
 * @param from the log index that the log was complete at before; -1 for none
 * @param to the log index that it is complete at now; -1 for none
 * @param baseAt the log index that a base was taken at; -1 where none was
 * @param commits given to the log, parts of bases included
 * @param position where the next import goes on
 * @param notes worth knowing
 * @param findings what an operator must know: a replay that differs from the export's own state, entries that are not understood
 */
public record ImportReport(
        String version,
        long from,
        long to,
        long baseAt,
        long commits,
        ByteString position,
        List<String> notes,
        List<String> findings) {
    public ImportReport {
        notes = List.copyOf(notes);
        findings = List.copyOf(findings);
    }
}
