package io.metawal.snapshotter;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a base snapshot is due. Pure.
 *
 * @param logBytesMax bytes of log since the last snapshot
 * @param ageMax time since the last snapshot, if anything was committed since
 * @param replayMax the objective: a restore is to replay at most this long
 */
public record SnapshotPolicy(long logBytesMax, Duration ageMax, Duration replayMax) {
    public static final SnapshotPolicy DEFAULT =
            new SnapshotPolicy(1L << 30, Duration.ofHours(6), Duration.ofSeconds(10));

    /** Below this much log a slow measurement says nothing: it would be the cost of starting, not of replay. */
    private static final long MEASURABLE_BYTES = 1L << 20;

    /**
     * What happened since the last snapshot.
     *
     * @param replayNanosPerByte as measured; 0 where nothing was measured yet
     */
    public record Since(long commits, long logBytes, Duration age, double replayNanosPerByte) {
        public Duration replay() {
            return Duration.ofNanos((long) (logBytes * replayNanosPerByte));
        }
    }

    /** Why a snapshot is due; empty where none is. */
    public Optional<String> due(Since since) {
        if (since.commits() == 0) {
            return Optional.empty();
        }
        if (since.logBytes() >= MEASURABLE_BYTES && since.replay().compareTo(replayMax) > 0) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "replaying the log since the last one would take %.1f s, more than the objective of %.1f s",
                    since.replay().toMillis() / 1000.0,
                    replayMax.toMillis() / 1000.0));
        }
        if (since.logBytes() >= logBytesMax) {
            return Optional.of(
                    "the log since the last one has " + since.logBytes() + " bytes, at least " + logBytesMax);
        }
        if (since.age().compareTo(ageMax) >= 0) {
            return Optional.of("the last one is " + since.age() + " old, at least " + ageMax);
        }
        return Optional.empty();
    }
}
