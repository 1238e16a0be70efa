package io.metawal.tools.daemon;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.Source;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import io.metawal.tools.engine.SourcePosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Continuous capture: the source feeds the engine until told to stop, or until something fails that an operator must decide. */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final Engine engine;
    private final Source source;
    private final SelfCheck selfCheck;
    private final DaemonConfig config;
    private final InstantSource clock;

    /** Compares the image with the source; returns in how many keys they differ, or -1 where that cannot be told now. */
    public interface SelfCheck {
        long differences(ImageView image) throws InterruptedException;
    }

    /** @param selfCheckEvery zero for never */
    public record DaemonConfig(Duration selfCheckEvery, Health health, ClusterStatus status) {}

    public Daemon(Engine engine, Source source, SelfCheck selfCheck, DaemonConfig config, InstantSource clock) {
        this.engine = engine;
        this.source = source;
        this.selfCheck = selfCheck;
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
        ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "metawal-selfcheck");
            thread.setDaemon(true);
            return thread;
        });
        long every = config.selfCheckEvery().toMillis();
        if (every > 0) {
            // It catches and logs what goes wrong by itself.
            var unused = checks.scheduleWithFixedDelay(() -> check(sink, vitals), every, every, TimeUnit.MILLISECONDS);
        }
        CompletableFuture<Void> captured = new CompletableFuture<>();
        Thread capture = new Thread(() -> capture(sink, captured), "metawal-capture");
        try {
            capture.start();
            join(CompletableFuture.anyOf(stop, engine.failed(), captured));
            LOG.info("stopping: the archive catches up");
        } finally {
            checks.shutdownNow();
            stopped(capture);
        }
        engine.checkAlive();
        return engine.flush(sink.observedMicros());
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

    private void check(EngineSink sink, Vitals vitals) {
        if (sink.inBase()) {
            return;
        }
        try (ImageView image = sink.image()) {
            if (sink.inBase()) {
                return;
            }
            long differences = selfCheck.differences(image);
            if (differences > 0) {
                LOG.error(
                        "the image and the source differ in {} keys at epoch {}",
                        differences,
                        image.provenance().epoch());
            }
            if (differences >= 0) {
                vitals.differences(differences);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("the image could not be compared with the source", e);
        }
    }

    private static void stopped(Thread capture) {
        capture.interrupt();
        try {
            capture.join();
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
