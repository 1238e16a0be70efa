package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** A running etcd, captured: one revision is one commit. See {@code docs/formats/etcd-source.md}. */
public final class EtcdSource implements Source {
    private final EtcdOptions options;
    private final Interpretation interpretation;
    private final InstantSource clock;
    private final EtcdClient client;
    private final BaseRequest baseRequest = new BaseRequest();

    public EtcdSource(EtcdOptions options, InstantSource clock) {
        this(options, Interpretation.PLAIN, clock);
    }

    public EtcdSource(EtcdOptions options, Interpretation interpretation, InstantSource clock) {
        this(options, interpretation, clock, new EtcdClient(options.address()));
    }

    /** @param client closed with this source */
    EtcdSource(EtcdOptions options, Interpretation interpretation, InstantSource clock, EtcdClient client) {
        this.options = options;
        this.interpretation = interpretation;
        this.clock = clock;
        this.client = client;
    }

    @Override
    public String origin() {
        return interpretation.origin();
    }

    @Override
    public String identity() {
        return Interruptible.run(
                "asking " + options + " who it is",
                () -> EtcdHeader.hex(client.head(options.range()).clusterId()));
    }

    /** The revision that etcd is at. */
    public long clock() {
        return Interruptible.run(
                "asking " + options + " where it is",
                () -> client.head(options.range()).revision());
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) {
        try {
            new EtcdCapture(new EtcdCapture.Wiring(client, options, interpretation, clock), baseRequest, sink)
                    .run(resumeAt);
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<SelfCheck> selfCheck() {
        return Optional.of(new EtcdComparison(new EtcdClient(options.address()), options, interpretation));
    }

    @Override
    public void requestBase(String gapReason) {
        baseRequest.ask(gapReason);
    }

    @Override
    public Map<String, Double> gauges() {
        return interpretation.gauges();
    }

    @Override
    public Duration observeEvery() {
        return Duration.ofMillis(options.observeMillis());
    }

    @Override
    public void close() {
        client.close();
    }
}
