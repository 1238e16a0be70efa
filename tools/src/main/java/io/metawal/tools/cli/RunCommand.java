package io.metawal.tools.cli;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSelfCheck;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.daemon.Daemon;
import io.metawal.tools.daemon.Health;
import io.metawal.tools.engine.Engine;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Capture a running service continuously: log, archive, snapshots, /metrics and /healthz.")
final class RunCommand implements Callable<Integer> {
    private static final Duration PREFIX_SILENCE_MAX = Duration.ofMinutes(15);
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Mixin
    private final WriterOptions writer = new WriterOptions();

    @Mixin
    private final CategoryOptions categories = new CategoryOptions();

    @Option(
            names = "--source",
            paramLabel = "URL",
            required = true,
            description = "etcd://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][?prefix=…&ca=FILE&cert=FILE&key=FILE]")
    private String source = "";

    @Option(names = "--source-prefix", description = "capture only keys that start so")
    private String prefix = "";

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9469",
            description = "where /metrics and /healthz are; none for nowhere (default: ${DEFAULT-VALUE})")
    private String http = "127.0.0.1:9469";

    @Option(
            names = "--self-check-every",
            defaultValue = "PT10M",
            description = "compare image and source so often; PT0S: never")
    private Duration selfCheckEvery = Duration.ofMinutes(10);

    @Option(
            names = "--lag-max",
            defaultValue = "PT1M",
            description = "the archive may lag so long before /healthz is red")
    private Duration lagMax = Health.DEFAULT.lagMax();

    @Option(
            names = "--silence-max",
            description =
                    "the source may be silent so long (default: PT1M; with a prefix PT15M, since etcd then tells its"
                            + " progress every ten minutes)")
    private @Nullable Duration silenceMax;

    @Override
    public Integer call() {
        categories.rules();
        Repository open = repository.open();
        EtcdOptions parsed = EtcdOptions.parse(source);
        EtcdOptions options = prefix.isEmpty() ? parsed : parsed.withPrefix(ByteString.copyFromUtf8(prefix));
        CompletableFuture<Void> stop = new CompletableFuture<>();
        CompletableFuture<Integer> stopped = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanStop(stop, stopped)));
        int exit = ExitCode.FAILED.number();
        try (EtcdSource etcd = new EtcdSource(options, repository.clock());
                Engine engine = writer.open(repository, open, etcd.identity());
                EtcdSelfCheck check = new EtcdSelfCheck(options)) {
            Daemon.DaemonConfig config = config();
            long unarchived =
                    new Daemon(engine, etcd, image -> differences(check, image), config, repository.clock()).run(stop);
            exit = Unarchived.told(unarchived, engine);
            return exit;
        } catch (MetawalException e) {
            exit = e.code().number();
            throw e;
        } finally {
            stopped.complete(exit);
        }
    }

    /** On SIGTERM: a stop that was asked for is no failure, so the exit code is that of the work and not of the signal. */
    private static void cleanStop(CompletableFuture<Void> stop, CompletableFuture<Integer> stopped) {
        if (!stopped.isDone()) {
            stop.complete(null);
            Runtime.getRuntime().halt(stopped.join());
        }
    }

    private static long differences(EtcdSelfCheck check, ImageView image) throws InterruptedException {
        EtcdSelfCheck.Report report = check.compare(image);
        report.examples().forEach(example -> LOG.error("image and source differ: {}", example));
        return report.compacted() ? -1 : report.differences();
    }

    private Daemon.DaemonConfig config() {
        Duration silence = prefix.isEmpty() ? Health.DEFAULT.silenceMax() : PREFIX_SILENCE_MAX;
        Health health = new Health(lagMax, silenceMax == null ? silence : silenceMax);
        if (http.equals("none")) {
            return new Daemon.DaemonConfig("", 0, selfCheckEvery, health);
        }
        int colon = http.lastIndexOf(':');
        try {
            return new Daemon.DaemonConfig(
                    http.substring(0, Math.max(0, colon)),
                    Integer.parseInt(http.substring(colon + 1)),
                    selfCheckEvery,
                    health);
        } catch (NumberFormatException e) {
            throw new UsageException("--http " + http + ": expected HOST:PORT, such as 127.0.0.1:9469, or none", e);
        }
    }
}
