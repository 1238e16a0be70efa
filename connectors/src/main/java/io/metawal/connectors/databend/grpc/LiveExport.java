package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.ImportOptions;
import io.metawal.connectors.databend.ImportReport;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.metadata.port.CommitSink;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One export of a running service, joined to what a sink has: it is imported like one in a file. */
final class LiveExport {
    private static final Logger LOG = LoggerFactory.getLogger(LiveExport.class);

    private LiveExport() {}

    static ExportReader reader(DatabendClient client, ExportSpool export) {
        return new ExportReader("an export of " + client.address(), export::open);
    }

    /**
     * @param release of the server, as its status has it
     * @param position of the last commit in the sink; empty where there is none
     */
    static ImportReport bring(ExportReader reader, String release, ByteString position, CommitSink sink)
            throws InterruptedException {
        ImportReport report = new DatabendImport(reader, ImportOptions.DEFAULT.ofRelease(release)).run(position, sink);
        report.notes().forEach(note -> LOG.debug("{}: {}", reader.file(), note));
        report.findings().forEach(finding -> LOG.warn("{}: {}", reader.file(), finding));
        return report;
    }

    /** The log entry of an index, as the export has it; null where it is not in there. */
    static @Nullable String logEntry(ExportReader reader, long index) throws InterruptedException {
        AtomicReference<@Nullable String> found = new AtomicReference<>();
        reader.read(EnumSet.of(ExportReader.Part.RAFT), new ExportVisitor() {
            @Override
            public void log(LogEntry entry) {
                if (entry.index() == index) {
                    found.set(entry.text());
                }
            }
        });
        return found.get();
    }
}
