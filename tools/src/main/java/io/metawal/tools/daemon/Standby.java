package io.metawal.tools.daemon;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.repository.Leader;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.engine.WarmImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon that waits while another one writes: it keeps its image where the archive is, so that taking over costs no replay,
 * and watches the writer's head for signs of life. For one thread; what it says of itself may be read by others.
 */
public final class Standby {
    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);

    private final Repository repository;
    private final WarmImage image;
    private final StandbyConfig config;
    private final ClusterStatus status;
    private final LongSupplier nanos;
    private final LeaderWatch watch;
    private volatile long leaderTerm;
    private volatile long leaderSeq;
    private volatile @Nullable String trouble;

    /**
     * @param lookEvery how often the writer's head is read
     * @param patience how long it may stay as it is before its writer is taken for dead
     */
    public record StandbyConfig(Duration lookEvery, Duration patience, ClusterStatus status) {}

    public Standby(Repository repository, WarmImage image, StandbyConfig config, LongSupplier nanos) {
        this.repository = repository;
        this.image = image;
        this.config = config;
        this.status = config.status();
        this.nanos = nanos;
        this.watch = new LeaderWatch(config.patience());
    }

    /**
     * Returns once the role may be taken, or {@code stop} completes.
     *
     * @return why; null where it was told to stop
     */
    public @Nullable String await(CompletableFuture<Void> stop) {
        tell();
        while (!stop.isDone()) {
            String verdict = look();
            if (verdict != null) {
                return verdict;
            }
            pause(stop);
        }
        return null;
    }

    private @Nullable String look() {
        try {
            Leader seen = Leader.look(repository, watch.last());
            if (seen.term() != leaderTerm) {
                LOG.info("following: the writer of term {} leads", seen.term());
            }
            leaderTerm = seen.term();
            leaderSeq = seen.head() == null ? 0 : seen.head().at().seq();
            String verdict = watch.verdict(seen, nanos.getAsLong());
            if (verdict == null && leaderSeq > image.seq()) {
                image.catchUp();
            }
            trouble = null;
            return verdict;
        } catch (MetawalException e) {
            if (!e.code().mayPass()) {
                throw e;
            }
            if (trouble == null) {
                LOG.warn("the store does not answer; whether the writer lives cannot be told", e);
            }
            trouble = e.text();
            watch.blind();
            return null;
        }
    }

    private void pause(CompletableFuture<Void> stop) {
        try {
            stop.get(config.lookEvery().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // Time to look again.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while following", e);
        }
    }

    private void tell() {
        status.now(this::complaints);
        status.gauge("metawal_standby", "1 while another process writes", this, any -> 1);
        status.gauge("metawal_term", "the term of the writer that is followed", this, s -> s.leaderTerm);
        status.gauge(
                "metawal_standby_lag_commits",
                "commits that the image here lacks of the archive",
                this,
                s -> Math.max(0, s.leaderSeq - s.image.seq()));
    }

    private List<String> complaints() {
        String now = trouble;
        return now == null ? List.of() : List.of("store: " + now);
    }
}
