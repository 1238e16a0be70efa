package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.Source;
import java.time.InstantSource;
import java.util.Map;

/** A running etcd, captured: one revision is one commit. See {@code docs/formats/etcd-source.md}. */
public final class EtcdSource implements Source {
    private final EtcdOptions options;
    private final Interpretation interpretation;
    private final InstantSource clock;
    private final EtcdClient client;

    public EtcdSource(EtcdOptions options, InstantSource clock) {
        this(options, Interpretation.PLAIN, clock);
    }

    public EtcdSource(EtcdOptions options, Interpretation interpretation, InstantSource clock) {
        this.options = options;
        this.interpretation = interpretation;
        this.clock = clock;
        this.client = new EtcdClient(options.address());
    }

    @Override
    public String origin() {
        return interpretation.origin();
    }

    @Override
    public String identity() {
        try {
            return EtcdHeader.hex(client.head(options.range()).clusterId());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while asking " + options + " who it is", e);
        }
    }

    /** The revision that etcd is at. */
    public long clock() {
        try {
            return client.head(options.range()).revision();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while asking " + options + " where it is", e);
        }
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) {
        try {
            new EtcdCapture(new EtcdCapture.Wiring(client, options, interpretation, clock), sink).run(resumeAt);
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Map<String, Double> gauges() {
        return interpretation.gauges();
    }

    @Override
    public void close() {
        client.close();
    }
}
