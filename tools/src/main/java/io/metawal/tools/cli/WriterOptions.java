package io.metawal.tools.cli;

import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Leader;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineConfig;
import io.metawal.tools.engine.KafkaWal;
import io.metawal.tools.engine.LastTerm;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.kafka.KafkaUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

    private static final int LOOKS = 8;

    @Mixin
    private final ConditionalWrites conditionalWrites = new ConditionalWrites();

    @Option(
            names = "--timeline",
            description =
                    "Timeline to write (default: the one of the captured source; for append the only one that takes appends)."
                            + " A fork is written only where it is named here, or belongs to the captured source.")
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

    @Option(
            names = "--heartbeat",
            defaultValue = "PT2S",
            description = "give a sign of life in the repository so often, for those who would take over")
    private Duration heartbeat = ArchivePolicy.HEARTBEAT;

    Duration heartbeat() {
        return heartbeat;
    }

    @Option(
            names = "--take-over",
            description = "write even though another process does: it is fenced and stops with exit code 8")
    private boolean takeOver;

    /** The one that was named; empty for none. */
    java.util.Optional<Integer> timeline() {
        return java.util.Optional.ofNullable(timeline);
    }

    /** For commits of a program's own. Refused while another process writes this repository. */
    Engine open(RepositoryOptions options, Repository repository, String source) {
        EngineConfig config = config(options, source);
        requireConditionalWrites(options, repository);
        refuseWhileWritten(repository, config);
        return Engine.open(repository, config, options.clock());
    }

    /** For work on what is there already, on whatever timeline is current. */
    Engine openToMaintain(RepositoryOptions options, Repository repository) {
        History history = History.load(repository);
        int there = timeline == null ? history.currentTimeline() : timeline;
        timeline = there;
        return open(options, repository, history.source(there));
    }

    /** Whoever gives a sign of life while one looks at it twice is alive. */
    private void refuseWhileWritten(Repository repository, EngineConfig config) {
        Leader leader = Leader.look(repository, Leader.NONE);
        if (takeOver || leader.released() || LastTerm.read(config.directory()).is(repository, leader.term())) {
            return;
        }
        long until = System.nanoTime() + heartbeat.multipliedBy(2).toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(heartbeat.toNanos() / LOOKS);
            Leader again = Leader.look(repository, leader);
            if (again.released()) {
                return;
            }
            if (!again.equals(leader)) {
                throw new BusyException(
                        "another process writes " + repository.store().describe() + " in term " + again.term()
                                + ": stop it first, or let it do this; --take-over takes its role, and it stops");
            }
        }
    }

    void requireConditionalWrites(RepositoryOptions options, Repository repository) {
        if (options.remote()) {
            conditionalWrites.require(repository.store());
        }
    }

    EngineConfig config(RepositoryOptions options, String source) {
        return new EngineConfig(
                directory(options),
                timeline,
                source,
                owner(),
                new ArchivePolicy(segmentBytes, segmentAge, heartbeat),
                new SnapshotPolicy(snapshotLogBytes, snapshotAge, replayObjective),
                walBytesMax,
                kafka());
    }

    private Path directory(RepositoryOptions options) {
        String log = wal;
        if (log != null && !KafkaUrl.names(log)) {
            return Path.of(log).toAbsolutePath();
        }
        if (dataDir == null && log != null && options.remote()) {
            throw new UsageException(
                    "--wal " + log + " with a remote repository: give --data-dir DIR for what this machine" + " keeps");
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
