package io.metawal.snapshotter;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.repository.WriterRole;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots when the policy says so, on its own thread, from a view, while capture continues; one at a time. {@link #archived}
 * is called by the archiver's thread.
 */
public final class Snapshotter {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);

    private final SnapshotPolicy policy;
    private final SnapshotEmitter emitter;
    private final WriterRole role;
    private final Executor executor;
    private final InstantSource clock;
    private final ReplayRate rate = new ReplayRate();
    private long commits;
    private long logBytes;
    private Instant last;
    private @Nullable CompletableFuture<SnapshotManifest> running;

    /** @param last when the newest snapshot was taken, or the log began */
    public Snapshotter(SnapshotPolicy policy, WriterRole role, Executor executor, InstantSource clock, Instant last) {
        this.policy = policy;
        this.emitter = new SnapshotEmitter(role.repository());
        this.role = role;
        this.executor = executor;
        this.clock = clock;
        this.last = last;
    }

    /**
     * More log was archived, and no snapshot may be taken: counts it. It ends inside a base, a state that the source never had; or the
     * image is ahead of it, and a snapshot of commits that are not archived would outlive them.
     */
    public synchronized void countArchived(long moreCommits, long moreBytes, long decodeNanos) {
        commits += moreCommits;
        logBytes += moreBytes;
        rate.measured(moreBytes, decodeNanos);
    }

    /** More log was archived: counts it, and takes a snapshot of the image where one is due. */
    public synchronized void archived(long moreCommits, long moreBytes, long decodeNanos, Supplier<ImageView> image) {
        commits += moreCommits;
        logBytes += moreBytes;
        rate.measured(moreBytes, decodeNanos);
        if (busy()) {
            return;
        }
        Duration age = Duration.between(last, clock.instant());
        Optional<String> reason = policy.due(new SnapshotPolicy.Since(commits, logBytes, age, rate.nanosPerByte()));
        if (reason.isPresent()) {
            // Who asked for it is nobody: a failure is logged, and the next is tried in its turn.
            CompletableFuture<SnapshotManifest> unused = take(image.get(), reason.get());
        }
    }

    private boolean busy() {
        return running != null && !running.isDone();
    }

    /** Takes a snapshot of this view, which it closes; whatever the policy says. */
    public synchronized CompletableFuture<SnapshotManifest> take(ImageView image, String because) {
        LOG.info("taking a snapshot at seq {} because {}", image.provenance().seq(), because);
        Since before = new Since(commits, logBytes, last);
        commits = 0;
        logBytes = 0;
        last = clock.instant();
        CompletableFuture<SnapshotManifest> result =
                CompletableFuture.supplyAsync(() -> emitAndPublish(image), executor);
        running = result;
        return result.whenComplete((manifest, failure) -> {
            if (failure != null) {
                LOG.warn("the snapshot was not taken; the next is tried when more is archived", failure);
                giveBack(before);
            }
        });
    }

    private record Since(long commits, long logBytes, Instant last) {}

    /** The log since the last snapshot is as long as if none had been tried: a restore has to replay it. */
    private synchronized void giveBack(Since before) {
        commits += before.commits();
        logBytes += before.logBytes();
        last = before.last();
    }

    private SnapshotManifest emitAndPublish(ImageView image) {
        try (image) {
            SnapshotManifest manifest = emitter.emit(image, role.term().term(), Timestamps.micros(clock.instant()));
            role.publish(Manifest.Edit.added(manifest.id()));
            return manifest;
        }
    }
}
