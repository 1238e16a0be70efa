package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.snapshotter.SnapshotCatalogue;
import io.metawal.snapshotter.Snapshotter;
import io.metawal.storage.repository.Compared;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.repository.WriterRole;
import io.metawal.wal.DurableCursor;
import io.metawal.wal.archive.Archiver;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A writer: the hot log, the image, the archiver and the snapshotter around one repository, opened in this order:
 *
 * <ol>
 *   <li>read where the archive ends; open the hot log there (which excludes other processes of this machine), mended from the
 *       archive where it must and can be
 *   <li>take the writer's role, which fences writers elsewhere
 *   <li>bring the image to where the log continues; start archiving
 * </ol>
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long STORE_PATIENCE_SECONDS = 5;

    private final Repository repository;
    private final MetadataLog log;
    private final Image image;
    private final Archiver archiver;
    private final ArchiveState archive;
    private final Snapshotter snapshotter;
    private final Follower follower;
    private final ExecutorService snapshots;
    private final WriterRole role;
    private final TimeBounds bounds;
    private final InstantSource clock;

    private Engine(
            Repository repository,
            MetadataLog log,
            Image image,
            WriterRole role,
            EngineConfig config,
            InstantSource clock) {
        this.repository = repository;
        this.log = log;
        this.image = image;
        this.role = role;
        this.bounds = new TimeBounds(
                role,
                clock,
                System::nanoTime,
                new SuspendedTime(),
                micros -> LOG.warn(
                        "this machine's clock is {} s ahead of the clock of {}: commits get the store's time and keep this"
                                + " machine's next to it. Set the clock",
                        micros / 1_000_000,
                        repository.store().describe()));
        this.snapshots = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "metawal-snapshot");
            thread.setDaemon(true);
            return thread;
        });
        this.clock = clock;
        this.snapshotter = new Snapshotter(config.snapshots(), role, snapshots, clock, lastSnapshot(repository));
        this.archive = new ArchiveState(snapshotter);
        this.archiver = new Archiver(
                config.archive(),
                log,
                image,
                role,
                () -> DurableCursor.all(config.cursorDirectory()),
                archive,
                System::nanoTime);
        role.acknowledging(() -> log.head().seq());
        this.follower = new Follower(archiver, archive);
    }

    public static Engine open(Repository repository, EngineConfig config, InstantSource clock) {
        try {
            Files.createDirectories(config.scratchDirectory());
        } catch (IOException e) {
            throw LocalFaults.of("cannot make " + config.scratchDirectory(), e);
        }
        while (true) {
            History history = History.load(repository);
            int timeline = TimelineChoice.of(history, config.timeline(), config.source());
            Segments.End end = history.end(timeline);
            MetadataLog log = new HotLog(config, repository, history, clock).open(start(history, timeline, end));
            try {
                WriterRole role = WriterRole.take(repository, config.request(timeline, config.logId(log)), clock);
                if (role.term().from().equals(end.at())) {
                    new LastTerm(repository.identity().clusterId(), role.term().term()).write(config.directory());
                    return opened(repository, config, clock, history, log, role);
                }
                // Somebody archived between our look and our term: look again, now that nobody else can.
                log.close();
            } catch (RuntimeException e) {
                log.close();
                throw e;
            }
        }
    }

    /** Where the log continues. A cluster that begins on a fork has a clock of its own, whatever its parent's was. */
    private static Position start(History history, int timeline, Segments.End end) {
        Position at = end.at().position();
        boolean begins = history.segments(timeline).isEmpty() && history.ownClock(timeline);
        return begins ? new Position(at.timeline(), at.seq(), 0, at.timeMicros(), at.chain()) : at;
    }

    private static Engine opened(
            Repository repository,
            EngineConfig config,
            InstantSource clock,
            History history,
            MetadataLog log,
            WriterRole role) {
        Instant now = clock.instant();
        Image image = new ImageLoader(history, config.imageDirectory(), config.scratchDirectory())
                .open(role.term().from(), log.firstSeq(), log.head().seq(), now);
        return new Engine(repository, log, image, role, config, clock);
    }

    private static Instant lastSnapshot(Repository repository) {
        History history = History.load(repository);
        var ids = SnapshotCatalogue.ids(history);
        long micros = ids.isEmpty()
                ? repository.identity().createdMicros()
                : SnapshotCatalogue.read(repository, ids.get(ids.size() - 1)).takenMicros();
        return Timestamps.instant(micros);
    }

    public Repository repository() {
        return repository;
    }

    public WriterRole role() {
        return role;
    }

    public MetadataLog log() {
        return log;
    }

    public Archiver archiver() {
        return archiver;
    }

    public ArchiveState archive() {
        return archive;
    }

    /**
     * Appends; the future completes once the commit is durable here. Its time is never ahead of the clocks, nor before one up to
     * which nothing more was said to come: else a point in time that was restored once would be another one later.
     */
    public CompletableFuture<CommitHeader> append(CommitDraft draft) {
        checkAlive();
        return log.append(draft.with(bounds.bounded(draft.clocks())));
    }

    /** As {@link #append}, of a source that is captured: what was observed of it is known of the time before the commit. */
    CompletableFuture<CommitHeader> capture(CommitDraft draft) {
        checkAlive();
        return log.append(bounds.captured(draft));
    }

    InstantSource clock() {
        return clock;
    }

    /** Up to when the source is known to have had nothing but what was appended; 0 where it was never observed. */
    public long observedMicros() {
        return bounds.observedMicros();
    }

    /**
     * Up to this time and epoch the source had nothing beyond what was appended, of which {@code last} is the newest: that
     * counts for what comes next at once, and for the archive when it is durable. To be called by the thread that appends.
     */
    void observe(CompletableFuture<CommitHeader> last, long epoch, long timeMicros) {
        long counted = bounds.observe(timeMicros);
        var unused = last.thenAccept(header -> archiver.observe(header.seq(), epoch, counted));
    }

    private void observe(Position head, long epoch, long timeMicros) {
        archiver.observe(head.seq(), epoch, bounds.observe(timeMicros));
    }

    /** As above, of what was in the log when it was opened. */
    void observe(long epoch, long timeMicros) {
        observe(log.head(), epoch, timeMicros);
    }

    /** The image at this commit is equal to what the source holds. */
    void compared(SourceDifference.Agreed at) {
        role.compared(new Compared(at.seq(), at.epoch(), Timestamps.micros(clock.instant())));
    }

    /** Where the image was last equal to what the source held. */
    public SourceDifference.Agreed lastCompared() {
        Compared last = role.lastCompared();
        return last == null ? SourceDifference.Agreed.NEVER : new SourceDifference.Agreed(last.seq(), last.epoch());
    }

    /** When that was; empty for never. */
    public Optional<Double> lastComparedMicros() {
        return Optional.ofNullable(role.lastCompared()).map(compared -> (double) compared.timeMicros());
    }

    /** In how many keys the image differed from the source when they were compared last, where no comparison has agreed since; else 0. */
    long unsettledDifferences() {
        long agreed = lastCompared().seq();
        int timeline = log.head().timeline();
        return role.manifest().gaps().stream()
                .filter(gap -> gap.timeline() == timeline && gap.afterSeq() >= agreed)
                .flatMap(gap -> SourceDifference.parse(gap.reason()).stream())
                .mapToLong(SourceDifference::keys)
                .max()
                .orElse(0);
    }

    /** Fails with what the archiver failed with. */
    public void checkAlive() {
        if (follower.failed().isCompletedExceptionally()) {
            join(follower.failed());
        }
    }

    /** Completes exceptionally when the engine cannot continue. */
    public CompletableFuture<Void> failed() {
        return follower.failed();
    }

    /** As {@link #flush()}, and says that the source had nothing else up to a time of this machine's clock. */
    public long flush(long observedMicros) {
        Position head = log.head();
        observe(head, head.epoch(), observedMicros);
        return flush();
    }

    /** As {@link #flush()}, of a source that is captured no longer: it had nothing else up to when it was observed last. */
    public long flushObserved() {
        Position head = log.head();
        archiver.observe(head.seq(), head.epoch(), bounds.observedMicros());
        return flush();
    }

    /**
     * Waits until everything that was appended is in the repository, head and all; but not for a store that takes nothing.
     *
     * @return how many commits are durable here and not in the repository
     */
    public long flush() {
        Position head = log.head();
        CompletableFuture<Object> settled = CompletableFuture.anyOf(archiver.flush(), follower.failed());
        while (true) {
            try {
                settled.get(STORE_PATIENCE_SECONDS, TimeUnit.SECONDS);
                return 0;
            } catch (TimeoutException e) {
                if (archive.failing()) {
                    return head.seq() - archiver.archivedSeq();
                }
            } catch (ExecutionException e) {
                join(settled);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while the archive caught up", e);
            }
        }
    }

    /** Takes a snapshot of the newest commit, and waits for it. */
    public SnapshotManifest snapshot(String because) {
        long seq = log.head().seq();
        join(CompletableFuture.anyOf(archiver.flush(), follower.failed()));
        if (archive.inBase()) {
            throw new BusyException("a base is being captured, and seq " + seq
                    + " is in the middle of it: take the snapshot when the base is complete");
        }
        ImageView view = join(archiver.view(seq));
        return join(snapshotter.take(view, because));
    }

    /** Tells those who wait for the role that they need not wait longer. */
    private void release() {
        boolean complete = log.head().seq() == archiver.archivedSeq();
        if (follower.failed().isCompletedExceptionally() || !complete) {
            return;
        }
        try {
            role.release();
        } catch (MetawalException e) {
            LOG.debug("the head does not say that this writer has stopped", e);
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MetawalException known) {
                throw known;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        follower.close();
        snapshots.shutdown();
        release();
        log.close();
        image.close();
    }
}
