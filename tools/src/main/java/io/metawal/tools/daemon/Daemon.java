package io.metawal.tools.daemon;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import io.metawal.tools.engine.CapturedLog;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import io.metawal.tools.engine.SourcePosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Continuous capture: the source feeds the engine until it is stopped, or until something fails that an operator must decide. */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    /** How long a comparison waits for the capture to come to where the source is. */
    private static final Duration CATCH_UP = Duration.ofSeconds(30);
    /** A source that does not answer must not keep the process from stopping. */
    private static final long COMPARISON_END_MILLIS = 5_000;

    private final Engine engine;
    private final Source source;
    private final DaemonConfig config;
    private final InstantSource clock;

    /** @param pace of comparisons with the source */
    public record DaemonConfig(ComparisonPace.PaceSettings pace, Health health, ClusterStatus status) {}

    public Daemon(Engine engine, Source source, DaemonConfig config, InstantSource clock) {
        this.engine = engine;
        this.source = source;
        this.config = config;
        this.clock = clock;
    }

    /**
     * Captures until {@code stop} completes; then lets the archive catch up.
     *
     * @return how many commits the store did not take
     */
    public long run(CompletableFuture<Void> stop) {
        EngineSink sink = new EngineSink(engine);
        Vitals vitals = new Vitals(engine, sink, System::nanoTime);
        config.status().now(() -> config.health().complaints(vitals.signs()));
        Metrics.register(config.status(), engine, sink, vitals);
        Metrics.register(config.status(), source);
        CompletableFuture<Void> captured = new CompletableFuture<>();
        Thread capture = new Thread(() -> capture(sink, captured), "metawal-capture");
        Thread comparing = comparing(sink);
        try {
            capture.start();
            comparing.start();
            join(CompletableFuture.anyOf(stop, engine.failed(), captured));
            LOG.info("stopping: the archive catches up");
        } finally {
            stopped(comparing, COMPARISON_END_MILLIS);
            stopped(capture, 0);
        }
        engine.checkAlive();
        return engine.flushObserved();
    }

    private void capture(EngineSink sink, CompletableFuture<Void> captured) {
        try {
            ByteString resumeAt = SourcePosition.of(engine);
            LOG.info(
                    "capturing {} into {} from seq {} on, at {}",
                    source.origin(),
                    engine.repository().store().describe(),
                    engine.log().head().seq() + 1,
                    Timestamps.print(Timestamps.micros(clock.instant())));
            source.capture(resumeAt, sink);
            captured.complete(null);
        } catch (InterruptedException e) {
            captured.complete(null);
        } catch (RuntimeException | Error e) {
            captured.completeExceptionally(e);
        }
    }

    /** Ends when it is interrupted; at once where the source compares by itself, or nobody wants it. */
    private Thread comparing(EngineSink sink) {
        Thread thread = new Thread(() -> compare(sink), "metawal-selfcheck");
        thread.setDaemon(true);
        return thread;
    }

    private void compare(EngineSink sink) {
        SelfCheck check =
                config.pace().roundEvery().isZero() ? null : source.selfCheck().orElse(null);
        if (check == null) {
            return;
        }
        try (check) {
            CapturedLog captured = new CapturedLog(sink, CATCH_UP);
            Comparisons comparisons = new Comparisons(
                    new Comparisons.Sides(source, check, sink, captured, captured::waitedNanos),
                    new ComparisonPace(config.pace(), System.nanoTime()),
                    System::nanoTime);
            Metrics.register(config.status(), comparisons);
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(comparisons.step());
            }
        } catch (InterruptedException e) {
            // To be interrupted is how it ends.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the comparison with the source has stopped", e);
        }
    }

    /** @param millisMax how long its end is waited for; 0 for as long as it takes */
    private static void stopped(Thread thread, long millisMax) {
        thread.interrupt();
        try {
            thread.join(millisMax);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MetawalException known) {
                throw known;
            }
            throw new MetawalException(ExitCode.FAILED, "capture failed: " + e.getCause(), e);
        }
    }
}
