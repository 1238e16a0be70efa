package io.metawal.tools.engine;

import io.metawal.metadata.port.MetadataLog;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.WriterRole;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.kafka.KafkaLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * How a writer runs.
 *
 * @param directory of the hot log, the image and what else this machine keeps
 * @param timeline to be written; null for the current one, or the one that the source lives on
 * @param source identity of the captured cluster; empty for an API source
 * @param logBytesMax what the hot log may hold while the store is down
 * @param kafka where the hot log is on Kafka; null where it is in the directory
 * @param observeMicros how often the source is observed, by plan
 */
public record EngineConfig(
        Path directory,
        @Nullable Integer timeline,
        String source,
        String owner,
        ArchivePolicy archive,
        SnapshotPolicy snapshots,
        long logBytesMax,
        @Nullable KafkaWal kafka,
        long observeMicros) {
    public static final long LOG_BYTES_MAX = 8L << 30;

    public EngineConfig(
            Path directory,
            @Nullable Integer timeline,
            String source,
            String owner,
            ArchivePolicy archive,
            SnapshotPolicy snapshots,
            long logBytesMax) {
        this(directory, timeline, source, owner, archive, snapshots, logBytesMax, null);
    }

    public EngineConfig(
            Path directory,
            @Nullable Integer timeline,
            String source,
            String owner,
            ArchivePolicy archive,
            SnapshotPolicy snapshots,
            long logBytesMax,
            @Nullable KafkaWal kafka) {
        this(directory, timeline, source, owner, archive, snapshots, logBytesMax, kafka, Term.OBSERVE_MICROS);
    }

    /** The same for a source that is observed so often. */
    public EngineConfig observed(Duration every) {
        return new EngineConfig(
                directory, timeline, source, owner, archive, snapshots, logBytesMax, kafka, every.toNanos() / 1000);
    }

    WriterRole.Request request(int ofTimeline, String log) {
        return new WriterRole.Request(
                owner,
                ofTimeline,
                source,
                observeMicros,
                log,
                archive.heartbeat().toNanos() / 1000,
                archive.segmentAgeMax().toNanos() / 1000);
    }

    /** Which hot log this is; to be asked once it is open, which excludes other processes. */
    String logId(MetadataLog opened) {
        KafkaWal onKafka = kafka;
        return onKafka == null ? HotLogId.readOrMake(directory) : HotLogId.of(onKafka, ((KafkaLog) opened).topicId());
    }

    /** The hot log as configured, for a cluster. */
    LogMedium log(String clusterId, InstantSource clock) {
        KafkaWal onKafka = kafka;
        return onKafka == null
                ? new ChronicleMedium(logDirectory(), clusterId, logBytesMax, clock)
                : new KafkaMedium(onKafka, clusterId, directory, logBytesMax, clock);
    }

    public Path logDirectory() {
        return directory.resolve("log");
    }

    public Path imageDirectory() {
        return directory.resolve("image");
    }

    /** Where those who follow the hot log keep their places. */
    public Path cursorDirectory() {
        return directory.resolve("cursors");
    }

    public Path scratchDirectory() {
        return directory.resolve("scratch");
    }
}
