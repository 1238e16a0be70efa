package io.metawal.tools.daemon;

import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.Captured;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import io.metawal.tools.engine.CaptureProgress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the image with the source while it is captured (I12): slice by slice, at the pace that {@link ComparisonPace} allows. A round in
 * which every slice was equal is reported to the sink, with the commit that it began at: what was wrong by then would have been found. A
 * base within a round ends the round: what was wrong before the base is not to be found any more. A difference is reported to the source,
 * whose capture takes a new base with a gap before it. For one thread; the figures may be read by others.
 */
final class Comparisons {
    private static final Logger LOG = LoggerFactory.getLogger(Comparisons.class);
    private static final long LOOK_NANOS = 100_000_000L;
    private static final int LOGGED_EVERY = 100;

    private final Source source;
    private final SelfCheck check;
    private final CaptureProgress progress;
    private final Captured captured;
    private final LongSupplier waitedNanos;
    private final ComparisonPace pace;
    private final LongSupplier nanos;
    private final AtomicLong slices = new AtomicLong();
    private final AtomicLong keys = new AtomicLong();
    private final AtomicLong workNanos = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private @Nullable Provenance roundFrom;
    private long roundGaps;
    private long gapsWhenAsked = -1;
    private long failedInRow;

    /**
     * What is compared with what.
     *
     * @param waitedNanos how long comparisons have waited for the capture, all in all: that is no work
     */
    record Sides(
            Source source, SelfCheck check, CaptureProgress progress, Captured captured, LongSupplier waitedNanos) {}

    Comparisons(Sides sides, ComparisonPace pace, LongSupplier nanos) {
        this.source = sides.source();
        this.check = sides.check();
        this.progress = sides.progress();
        this.captured = sides.captured();
        this.waitedNanos = sides.waitedNanos();
        this.pace = pace;
        this.nanos = nanos;
    }

    /** Compares a slice where one is due; returns in how many nanoseconds to come again. */
    long step() throws InterruptedException {
        long now = nanos.getAsLong();
        long left = pace.nanosLeft(now);
        if (left > 0) {
            return Math.min(left, LOOK_NANOS);
        }
        if (progress.inBase() || progress.heardMicros() == 0 || awaitsBase()) {
            return LOOK_NANOS;
        }
        if (roundFrom == null) {
            // Before the image is read: a gap after this is noticed.
            roundGaps = progress.gaps();
        } else if (baseWithin()) {
            restart();
        }
        pace.begins(now);
        long waited = waitedNanos.getAsLong();
        SelfCheck.Slice slice = compare();
        long end = nanos.getAsLong();
        long work = Math.max(0, end - now - (waitedNanos.getAsLong() - waited));
        workNanos.addAndGet(work);
        if (slice.outcome() == SelfCheck.Outcome.UNKNOWN) {
            pace.failed(work, end);
        } else {
            slices.incrementAndGet();
            keys.addAndGet(slice.keys());
            pace.worked(work, slice.keys(), end);
            take(slice);
        }
        return Math.min(pace.nanosLeft(end), LOOK_NANOS);
    }

    /** A difference was found, and its base is not in the log yet. */
    private boolean awaitsBase() {
        if (gapsWhenAsked < 0) {
            return false;
        }
        if (progress.gaps() == gapsWhenAsked) {
            return true;
        }
        gapsWhenAsked = -1;
        return false;
    }

    private SelfCheck.Slice compare() throws InterruptedException {
        try {
            SelfCheck.Slice slice = check.compare(pace.keys(), captured);
            failedInRow = 0;
            return slice;
        } catch (MetawalException e) {
            failures.incrementAndGet();
            if (failedInRow++ % LOGGED_EVERY == 0) {
                LOG.warn("what was captured cannot be compared with the source now: {}", e.text());
            }
        } catch (RuntimeException e) {
            failures.incrementAndGet();
            if (failedInRow++ % LOGGED_EVERY == 0) {
                LOG.warn("what was captured cannot be compared with the source now", e);
            }
        }
        return SelfCheck.Slice.unknown();
    }

    private void take(SelfCheck.Slice slice) {
        if (slice.outcome() == SelfCheck.Outcome.DIFFERENT) {
            differs(slice);
            return;
        }
        if (slice.outcome() == SelfCheck.Outcome.REPORTED) {
            pace.roundComplete();
            return;
        }
        if (baseWithin()) {
            restart();
            return;
        }
        if (roundFrom == null) {
            roundFrom = slice.at();
        }
        Provenance from = roundFrom;
        if (slice.place() == SelfCheck.Place.LAST && from != null) {
            progress.compared(new SourceDifference.Agreed(from.seq(), from.epoch()));
            LOG.info("what was captured is equal to the source, compared from seq {} on", from.seq());
            roundFrom = null;
            pace.roundComplete();
        }
    }

    private void differs(SelfCheck.Slice slice) {
        SourceDifference found = new SourceDifference(slice.differences(), progress.lastCompared(), slice.first());
        LOG.error("{}; a new base is taken", found);
        progress.differ(slice.differences());
        gapsWhenAsked = progress.gaps();
        restart();
        source.requestBase(found.toString());
    }

    /** Whether a gap was recorded, and a base taken, since the round began. */
    private boolean baseWithin() {
        return progress.gaps() != roundGaps;
    }

    /** The next slice is the first of a new round. */
    private void restart() {
        roundFrom = null;
        roundGaps = progress.gaps();
        check.restart();
        pace.restart();
    }

    /** Slices that were compared. */
    long slices() {
        return slices.get();
    }

    /** Keys that were compared. */
    long keys() {
        return keys.get();
    }

    /** How long comparisons have worked. */
    long workNanos() {
        return workNanos.get();
    }

    /** Slices that could not be compared since the source, or something else, failed. */
    long failures() {
        return failures.get();
    }
}
