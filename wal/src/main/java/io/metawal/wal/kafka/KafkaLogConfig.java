package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * How a log on Kafka is kept.
 *
 * @param start where a new log goes on from, and how far the archive has everything
 * @param directory of this machine's note of how far was acknowledged; null for none
 */
public record KafkaLogConfig(
        KafkaUrl url,
        String clusterId,
        Position start,
        @Nullable Path directory,
        Limits limits,
        KafkaSettings settings,
        InstantSource clock) {
    /**
     * Bounds.
     *
     * @param groupBytesMax of commits in one transaction; a larger commit has one for itself
     * @param spanBytes trimming and finding a place go by steps of at least so much
     * @param bytesOnDiskMax at this the log takes nothing more until it is trimmed; replicas are not counted
     * @param inFlightBytesMax of drafts that wait for their place; more wait in their callers
     * @param patience how long a reader waits for what was acknowledged before it says that there is nothing yet
     */
    public record Limits(
            long groupBytesMax, long spanBytes, long bytesOnDiskMax, long inFlightBytesMax, Duration patience) {
        public static final Limits DEFAULT = new Limits(4L << 20, 1L << 20, 8L << 30, 8L << 20, Duration.ofSeconds(5));
    }

    public static KafkaLogConfig of(KafkaUrl url, String clusterId, Position start, InstantSource clock) {
        return new KafkaLogConfig(url, clusterId, start, null, Limits.DEFAULT, KafkaSettings.DEFAULT, clock);
    }

    public KafkaLogConfig in(Path noteDirectory) {
        return new KafkaLogConfig(url, clusterId, start, noteDirectory, limits, settings, clock);
    }

    public KafkaLogConfig with(Limits other) {
        return new KafkaLogConfig(url, clusterId, start, directory, other, settings, clock);
    }

    public KafkaLogConfig with(KafkaSettings other) {
        return new KafkaLogConfig(url, clusterId, start, directory, limits, other, clock);
    }

    public KafkaLogConfig withBytesOnDiskMax(long bytes) {
        return with(new Limits(
                limits.groupBytesMax(), limits.spanBytes(), bytes, limits.inFlightBytesMax(), limits.patience()));
    }

    /** Whoever has this name last is the writer. */
    String transactionalId() {
        return "metawal-" + clusterId + "-" + url.topic();
    }
}
