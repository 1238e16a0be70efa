package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A running Databend meta service, captured: one raft log entry is one commit, its index the epoch. See {@code docs/formats/databend-grpc.md}.
 */
public final class DatabendGrpcSource implements Source {
    /** What every identity begins with. */
    public static final String IDENTITY = "databend-meta";

    private final DatabendOptions options;
    private final InstantSource clock;
    private final DatabendClient client;
    private final ExportDemand demand = new ExportDemand();

    public DatabendGrpcSource(DatabendOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        this.client = new DatabendClient(options.address());
    }

    @Override
    public String origin() {
        return DatabendImport.ORIGIN;
    }

    /**
     * {@code databend-meta}, with {@code :NAME} where the URL names the cluster. The service has no id of its own, and neither addresses
     * nor node ids stay or are unlike those of others; that a log is the one captured so far shows when an export is joined to it.
     */
    @Override
    public String identity() {
        long unused = clock();
        return options.name().isEmpty() ? IDENTITY : IDENTITY + ":" + options.name();
    }

    /** The index that the log ends at. */
    public long clock() {
        return Interruptible.run(
                "asking " + options + " where it is", () -> client.status().lastLogIndex());
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) {
        try {
            new DatabendCapture(client, options, clock, demand, sink).run(resumeAt);
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Duration observeEvery() {
        return Duration.ofMillis(options.observeMillis());
    }

    @Override
    public Optional<SelfCheck> selfCheck() {
        return Optional.of(demand.selfCheck());
    }

    @Override
    public void close() {
        client.close();
    }
}
