package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.ImageView;
import io.metawal.snapshotter.Snapshotter;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.wal.archive.ArchiveListener;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the archive did last, for health and metrics; passes segments on to the snapshotter. Safe for several threads. */
public final class ArchiveState implements ArchiveListener {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveState.class);

    private static final long CLAMP_LOGGED_MICROS = 1_000_000;
    private static final long CLAMPS_LOGGED_EVERY_NANOS = 60_000_000_000L;

    private final Snapshotter snapshotter;
    private final AtomicLong segments = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong clamps = new AtomicLong();
    private volatile @Nullable String failure;
    private long clampLoggedNanos;
    private volatile boolean inBase;

    ArchiveState(Snapshotter snapshotter) {
        this.snapshotter = snapshotter;
    }

    @Override
    public void archived(EncodedSegment segment, long decodeNanos, Supplier<ImageView> image) {
        if (!segment.endKind().restorable()) {
            archivedWithoutView(segment, decodeNanos);
            return;
        }
        count(segment);
        snapshotter.archived(segment.header().commits(), segment.header().rawBytes(), decodeNanos, image);
    }

    @Override
    public void archivedWithoutView(EncodedSegment segment, long decodeNanos) {
        count(segment);
        snapshotter.countArchived(segment.header().commits(), segment.header().rawBytes(), decodeNanos);
    }

    private void count(EncodedSegment segment) {
        segments.incrementAndGet();
        bytes.addAndGet(segment.size());
        inBase = !segment.endKind().restorable();
    }

    @Override
    public void clamped(CommitHeader commit) {
        clamps.incrementAndGet();
        long now = System.nanoTime();
        boolean logged = clamps.get() > 1 && now - clampLoggedNanos < CLAMPS_LOGGED_EVERY_NANOS;
        if (commit.clampedMicros() >= CLAMP_LOGGED_MICROS && !logged) {
            clampLoggedNanos = now;
            LOG.warn(
                    "the clock of seq {} said {}, which is not believed: its time is {}. {} commits were clamped so far; check the"
                            + " clocks of the source and of this machine",
                    commit.seq(),
                    Timestamps.print(commit.clockMicros()),
                    Timestamps.print(commit.timeMicros()),
                    clamps.get());
        }
    }

    @Override
    public void failing(RuntimeException cause) {
        if (failure == null) {
            LOG.warn("the store does not answer; capture continues, the archive lags", cause);
        }
        failures.incrementAndGet();
        failure = String.valueOf(cause.getMessage());
    }

    @Override
    public void answering() {
        LOG.info("the store answers again");
        failure = null;
    }

    /** Whether the newest commit archived is a piece of a base that is not complete. */
    boolean inBase() {
        return inBase;
    }

    boolean failing() {
        return failure != null;
    }

    /** Why the store takes nothing; null while it does. */
    public @Nullable String failure() {
        return failure;
    }

    public long segments() {
        return segments.get();
    }

    public long bytes() {
        return bytes.get();
    }

    /** Commits since the start whose time is not that of their clock. */
    public long clamps() {
        return clamps.get();
    }

    public long failures() {
        return failures.get();
    }
}
