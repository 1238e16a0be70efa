package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.ImportOptions;
import io.metawal.connectors.databend.ImportReport;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.metadata.port.CommitSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One export of a running service, joined to what a sink has: it is imported like one in a file. */
final class LiveExport {
    private static final Logger LOG = LoggerFactory.getLogger(LiveExport.class);

    private LiveExport() {}

    /** @param position of the last commit in the sink; empty where there is none */
    static ImportReport bring(DatabendClient client, ExportSpool.ChunkLines chunk, ByteString position, CommitSink sink)
            throws InterruptedException {
        try (ExportSpool export = ExportSpool.take(client, chunk)) {
            ExportReader reader = new ExportReader("an export of " + client.address(), export::open);
            ImportReport report = new DatabendImport(reader, ImportOptions.DEFAULT).run(position, sink);
            report.notes().forEach(note -> LOG.debug("{}: {}", client.address(), note));
            report.findings().forEach(finding -> LOG.warn("{}: {}", client.address(), finding));
            return report;
        }
    }
}
