package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.ImportReport;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.NodeStatus;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.CommitSink;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a capture. Exports are the truth: each is joined to what is captured so far, whatever the node that gave it. The node's status
 * says that a new one is due. No watch is opened: a service has one dispatcher for all watchers of a node, and waits in it for each of them. Where the
 * leader says that its log ends where ours does, the log holds everything up to the moment it was asked, which is passed to the sink. For one thread.
 */
final class DatabendCapture {
    private static final Logger LOG = LoggerFactory.getLogger(DatabendCapture.class);
    private static final int LOGGED_EVERY = 20;
    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir"));

    private final DatabendClient client;
    private final DatabendOptions options;
    private final InstantSource clock;
    private final ExportDemand demand;
    private final CommitSink given;
    private final ExportPace pace;
    private final ExportSpool.ChunkLines chunk;
    private final SeqComparison comparison;
    private int failures;
    private boolean toldLeaderless;
    private boolean toldBehind;
    private boolean unsettled;

    DatabendCapture(
            DatabendClient client, DatabendOptions options, InstantSource clock, ExportDemand demand, CommitSink sink) {
        this.client = client;
        this.options = options;
        this.clock = clock;
        this.demand = demand;
        this.given = sink;
        this.pace = new ExportPace(options.exportMillisMin());
        this.chunk = new ExportSpool.ChunkLines(options.chunkLines());
        this.comparison = new SeqComparison(client, clock, SCRATCH);
    }

    /** Runs until interrupted. */
    void run(ByteString resumeAt) throws InterruptedException {
        FollowedSink sink = new FollowedSink(given, resumeAt);
        while (true) {
            try {
                follow(sink);
            } catch (UnreachableException e) {
                if (failures++ % LOGGED_EVERY == 0) {
                    LOG.warn("{}; trying again", e.text());
                }
                client.pause(failures);
            }
        }
    }

    /** Stays with one node until another leads, or something breaks. */
    private void follow(FollowedSink sink) throws InterruptedException {
        NodeStatus first = client.status();
        LOG.info("{}: following {}", options, first);
        long complete = -1;
        while (true) {
            long askedMicros = Timestamps.micros(clock.instant());
            NodeStatus status = client.status();
            boolean behindUs = isBehind(status, sink.position());
            if (!status.endpoint().equals(first.endpoint())) {
                LOG.info("{}: {} is to be followed now", options, status.endpoint());
                return;
            }
            long demanded = demand.current();
            boolean due = status.lastLogIndex() > complete || demand.open();
            long wait = pace.millisLeft(System.nanoTime());
            if (due && wait > 0) {
                rest(wait);
                continue;
            }
            if (due) {
                // The state is read where there is nothing to join yet, where a comparison asks for it, and where the
                // log did not do.
                boolean whole = complete < 0 || demand.open() || unsettled;
                complete = take(sink, status.release(), whole ? -1 : DatabendImport.joinsAfter(sink.position()));
                demand.answer(demanded);
                failures = 0;
            }
            if (!behindUs) {
                observe(status, complete, askedMicros);
            }
            comparison.look(status, complete, sink);
            // Behind still: what is there is not agreed on yet, or the node does not tell it yet.
            rest(status.lastLogIndex() > complete ? 1 : options.observeMillis());
        }
    }

    /**
     * Whether a leader's log ends before what is captured: one of a term that is captured, or a later one, has all that was agreed on, unless
     * the cluster was put back. One of an earlier term may be cut off from the others, and not know it.
     */
    private boolean isBehind(NodeStatus status, ByteString position) {
        if (position.isEmpty() || !status.leads()) {
            return false;
        }
        LogId captured = DatabendImport.at(position);
        if (status.lastLogIndex() >= captured.index()) {
            toldBehind = false;
            return false;
        }
        String what = options + ": the log of the leader, " + status.endpoint() + ", ends at index "
                + status.lastLogIndex() + " of term " + status.term() + ", and what is captured at " + captured;
        if (status.term() >= captured.term()) {
            throw new SourceChangedException(what
                    + ". Was it restored from an older export? To capture what it is now on a timeline of its own: metawal"
                    + " timeline create --repo URL --source " + options + " --reason TEXT, then run again");
        }
        if (!toldBehind) {
            toldBehind = true;
            LOG.warn("{}: it is cut off from the others, or was restored from an older export", what);
        }
        return true;
    }

    /**
     * Returns the index that the log is complete at; it is durable up to there.
     *
     * @param joinsAfter the entry whose log is enough; -1 where the state is wanted too
     */
    private long take(FollowedSink sink, String release, long joinsAfter) throws InterruptedException {
        long begin = System.nanoTime();
        try (ExportSpool export = ExportSpool.take(client, chunk, SCRATCH, joinsAfter)) {
            ImportReport report = LiveExport.bring(LiveExport.reader(client, export), release, sink.position(), sink);
            unsettled = !report.findings().isEmpty();
            return report.to();
        } finally {
            pace.took(begin, System.nanoTime());
        }
    }

    private void observe(NodeStatus status, long complete, long askedMicros) {
        if (!status.leads()) {
            if (!toldLeaderless) {
                toldLeaderless = true;
                LOG.warn(
                        "{}: {} does not lead, nor say who does: that a minute was quiet cannot be told. Give the address of"
                                + " every node",
                        options,
                        status.endpoint());
            }
        } else if (complete >= status.lastLogIndex()) {
            toldLeaderless = false;
            given.observed(complete, askedMicros);
        }
    }

    private static void rest(long millis) throws InterruptedException {
        var unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
