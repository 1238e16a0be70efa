package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.NodeStatus;
import io.metawal.connectors.databend.rpc.WatchPrompt;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.CommitSink;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a capture. Exports are the truth: each is joined to what is captured so far, whatever the node that gave it. A watch and
 * the node's status only say that a new one is due; so what a watch tells twice, late or not at all changes nothing but when. Where the leader
 * says that its log ends where ours does, the log holds everything up to the moment it was asked, which is told to the sink. For one thread.
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
    private final Semaphore news = new Semaphore(0);
    private int failures;
    private boolean toldLeaderless;
    private boolean toldBehind;
    private boolean toldUnwatched;

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
        try (WatchPrompt watch = client.watch(news::release)) {
            LOG.info("{}: following {}", options, first);
            long complete = -1;
            long heard = 0;
            while (true) {
                news.drainPermits();
                long hearing = watch.changes();
                long askedMicros = Timestamps.micros(clock.instant());
                NodeStatus status = client.status();
                check(watch);
                boolean behindUs = isBehind(status, sink.position());
                if (!status.endpoint().equals(watch.endpoint())) {
                    LOG.info("{}: {} is to be followed now", options, status.endpoint());
                    return;
                }
                long demanded = demand.current();
                boolean due = status.lastLogIndex() > complete || hearing != heard || demand.open();
                long wait = pace.millisLeft(System.nanoTime());
                if (due && wait > 0) {
                    rest(wait);
                    continue;
                }
                if (due) {
                    complete = take(sink, status.release());
                    demand.answer(demanded);
                    heard = hearing;
                    failures = 0;
                }
                if (!behindUs) {
                    observe(status, complete, askedMicros);
                }
                comparison.look(status, complete, sink);
                // Behind still: what is there is not agreed on yet, or the node does not tell it yet.
                boolean behind = status.lastLogIndex() > complete;
                var unused = news.tryAcquire(behind ? 1 : options.observeMillis(), TimeUnit.MILLISECONDS);
            }
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

    /** A watch that cannot be had is done without; one that broke is opened again. */
    private void check(WatchPrompt watch) {
        MetawalException fault = watch.fault();
        if (fault instanceof UnreachableException) {
            throw fault;
        }
        if (fault != null && !toldUnwatched) {
            toldUnwatched = true;
            LOG.warn("{}; the service is asked every {} ms instead", fault.text(), options.observeMillis());
        }
    }

    /** Returns the index that the log is complete at; it is durable up to there. */
    private long take(FollowedSink sink, String release) throws InterruptedException {
        long begin = System.nanoTime();
        try (ExportSpool export = ExportSpool.take(client, chunk, SCRATCH)) {
            return LiveExport.bring(LiveExport.reader(client, export), release, sink.position(), sink)
                    .to();
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
