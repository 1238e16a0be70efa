package io.metawal.tools.cli;

import io.metawal.storage.repository.Leader;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.daemon.ClusterStatus;
import io.metawal.tools.daemon.Daemon;
import io.metawal.tools.daemon.Standby;
import io.metawal.tools.daemon.Status;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineConfig;
import io.metawal.tools.engine.LastTerm;
import io.metawal.tools.engine.WarmImage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One cluster, captured by this process: as the one that writes, or, while another does, as its standby. */
final class ClusterCapture {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterCapture.class);
    /** Several standbys are not to wake at the same moment. */
    private static final int SPREAD_MILLIS = 1000;

    private final RepositoryOptions repository;
    private final WriterOptions writer;
    private final CaptureOptions capture;
    private volatile Progress progress = Progress.STARTING;

    /** How far a capture came. */
    enum Progress {
        STARTING,
        /** There may be commits that are not archived. */
        CAPTURING
    }

    ClusterCapture(RepositoryOptions repository, WriterOptions writer, CaptureOptions capture) {
        this.repository = repository;
        this.writer = writer;
        this.capture = capture;
    }

    Progress progress() {
        return progress;
    }

    /** Runs until told to stop; returns the exit code. */
    int run(Repository open, ClusterStatus status, CompletableFuture<Void> stop) {
        try (CapturedService service = capture.source(repository.clock())) {
            EngineConfig config = writer.config(repository, service.source().identity())
                    .observed(service.source().observeEvery());
            writer.requireConditionalWrites(repository, open);
            if (!mayWrite(open, config, status, stop)) {
                return 0;
            }
            try (Engine engine = Engine.open(open, config, repository.clock())) {
                progress = Progress.CAPTURING;
                Daemon.DaemonConfig how = new Daemon.DaemonConfig(capture.pace(), capture.health(), status);
                long unarchived = new Daemon(engine, service.source(), how, repository.clock()).run(stop);
                return Unarchived.told(unarchived, engine);
            }
        }
    }

    /** Waits while another process writes; false where it was told to stop meanwhile. */
    private boolean mayWrite(Repository open, EngineConfig config, ClusterStatus status, CompletableFuture<Void> stop) {
        Leader leader = Leader.look(open, Leader.NONE);
        if (leader.released() || LastTerm.read(config.directory()).is(open, leader.term())) {
            return true;
        }
        Duration patience = capture.takeoverAfter(writer.heartbeat())
                .plusMillis(Math.floorMod(config.owner().hashCode(), SPREAD_MILLIS));
        try (WarmImage image = new WarmImage(open, config, repository.clock())) {
            Standby standby = new Standby(
                    open,
                    image,
                    new Standby.StandbyConfig(writer.heartbeat().dividedBy(2), patience, status),
                    System::nanoTime);
            String why = standby.await(stop);
            if (why != null) {
                LOG.warn("taking over: {}", why);
            }
            return why != null;
        }
    }

    /** As {@link #run}, told in the status of a process. */
    int runIn(Status status, CompletableFuture<Void> stop) {
        Repository open = repository.open();
        ClusterStatus cluster = status.cluster(open.identity().cluster());
        try {
            return run(open, cluster, stop);
        } catch (RuntimeException e) {
            cluster.failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }
}
