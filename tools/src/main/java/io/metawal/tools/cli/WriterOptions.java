package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineConfig;
import io.metawal.tools.engine.KafkaWal;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.kafka.KafkaUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the verbs take that write: append, import, run, snapshot. */
final class WriterOptions {
    @Option(
            names = "--wal",
            paramLabel = "DIR|kafka://HOST:PORT[,…]/TOPIC",
            description = "the hot log: a directory (default for a local repository: <repo>.wal beside it), or a topic")
    private @Nullable String wal;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "what this machine keeps when the hot log is on Kafka (default: <repo>.wal)")
    private @Nullable Path dataDir;

    @Option(
            names = "--kafka-properties",
            paramLabel = "FILE",
            description =
                    "key=value lines for Kafka's clients, and topic.replication.factor, topic.min.insync.replicas,"
                            + " topic.trimming=archived|never")
    private @Nullable Path kafkaProperties;

    @Option(names = "--timeline", description = "the timeline to write (default: the current one)")
    private @Nullable Integer timeline;

    @Option(
            names = "--segment-bytes",
            defaultValue = "4194304",
            description = "cut a segment at so many bytes of commits")
    private long segmentBytes = ArchivePolicy.DEFAULT.segmentBytesMax();

    @Option(names = "--segment-age", defaultValue = "PT1S", description = "or when its oldest commit waited so long")
    private Duration segmentAge = ArchivePolicy.DEFAULT.segmentAgeMax();

    @Option(
            names = "--snapshot-log-bytes",
            defaultValue = "1073741824",
            description = "take a snapshot after so many bytes of log")
    private long snapshotLogBytes = SnapshotPolicy.DEFAULT.logBytesMax();

    @Option(names = "--snapshot-age", defaultValue = "PT6H", description = "or when the last one is so old")
    private Duration snapshotAge = SnapshotPolicy.DEFAULT.ageMax();

    @Option(
            names = "--replay-objective",
            defaultValue = "PT10S",
            description = "or when replaying the log since would take longer, by the measured rate")
    private Duration replayObjective = SnapshotPolicy.DEFAULT.replayMax();

    @Option(
            names = "--wal-bytes-max",
            defaultValue = "8589934592",
            description = "what the hot log may hold while the store is down; then capture stops taking")
    private long walBytesMax = EngineConfig.LOG_BYTES_MAX;

    Engine open(RepositoryOptions options, Repository repository, String source) {
        EngineConfig config = new EngineConfig(
                directory(options),
                timeline,
                source,
                owner(),
                new ArchivePolicy(segmentBytes, segmentAge),
                new SnapshotPolicy(snapshotLogBytes, snapshotAge, replayObjective),
                walBytesMax,
                kafka());
        return Engine.open(repository, config, options.clock());
    }

    private Path directory(RepositoryOptions options) {
        String log = wal;
        if (log != null && !KafkaUrl.names(log)) {
            return Path.of(log).toAbsolutePath();
        }
        return dataDir == null ? options.defaultWal() : dataDir.toAbsolutePath();
    }

    private @Nullable KafkaWal kafka() {
        String log = wal;
        if (log != null && KafkaUrl.names(log)) {
            return WalPlace.kafka(log, kafkaProperties);
        }
        if (dataDir != null || kafkaProperties != null) {
            throw new UsageException("--data-dir and --kafka-properties go with --wal kafka://host:port/topic only");
        }
        return null;
    }

    private static String owner() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown-host";
        }
        return System.getProperty("user.name", "unknown") + "@" + host + ", process "
                + ProcessHandle.current().pid();
    }
}
