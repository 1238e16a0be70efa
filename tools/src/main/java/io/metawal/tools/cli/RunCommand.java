package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.tools.daemon.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Capture a running service continuously: log, archive, snapshots, /metrics and /healthz.",
            "Of several processes for one repository one writes, the others follow and take over when it dies."
        })
final class RunCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Mixin
    private final WriterOptions writer = new WriterOptions();

    @Mixin
    private final CategoryOptions categories = new CategoryOptions();

    @Mixin
    private final CaptureOptions capture = new CaptureOptions();

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9469",
            description = "where /metrics and /healthz are; none for nowhere (default: ${DEFAULT-VALUE})")
    private String http = "127.0.0.1:9469";

    @Override
    public Integer call() {
        List<RunCommand> clusters = clusters();
        clusters.forEach(one -> one.categories.rules());
        CompletableFuture<Void> stop = new CompletableFuture<>();
        CompletableFuture<Integer> stopped = new CompletableFuture<>();
        // A stop that was asked for is no failure, so the exit code is that of the work and not of the signal.
        ProcessEnd.stopWith(() -> {
            stop.complete(null);
            return stopped.join();
        });
        int exit = ExitCode.FAILED.number();
        List<ClusterCapture> captures = clusters.stream()
                .map(one -> new ClusterCapture(one.repository, one.writer, one.capture))
                .toList();
        try (Status status = status()) {
            exit = captures.size() == 1 ? captures.get(0).runIn(status, stop) : new Fleet(captures).run(status, stop);
            return exit;
        } catch (RuntimeException | LinkageError e) {
            exit = exit(e, captures.stream().map(ClusterCapture::progress).toList());
            if (exit != ExitCode.DONE.number()) {
                throw e;
            }
            System.err.println("metawal: stopped before the capture began");
            return exit;
        } finally {
            stopped.complete(exit);
        }
    }

    /** Of a failure: that the process ends is none as long as nothing was captured that could be lost. */
    static int exit(Throwable failure, List<ClusterCapture.Progress> captures) {
        if (ShutdownFaults.causes(failure) && !captures.contains(ClusterCapture.Progress.CAPTURING)) {
            return ExitCode.DONE.number();
        }
        return (failure instanceof MetawalException typed ? typed.code() : ExitCode.FAILED).number();
    }

    /** This command itself, or one for each item of the config's list of clusters. */
    private List<RunCommand> clusters() {
        CommandLine own = Objects.requireNonNull(spec).commandLine();
        List<RunCommand> each = new ArrayList<>();
        if (own.getDefaultValueProvider() instanceof ConfigFile file) {
            for (ConfigFile one : file.clusters()) {
                RunCommand command = new RunCommand();
                CommandLine line = new CommandLine(command);
                line.setCaseInsensitiveEnumValuesAllowed(true);
                line.setDefaultValueProvider(one);
                line.parseArgs(given(own));
                each.add(command);
            }
        }
        return each.isEmpty() ? List.of(this) : each;
    }

    /** What the command line itself says, which holds for all clusters. */
    private static String[] given(CommandLine line) {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : line.getParseResult().matchedOptions()) {
            if (!option.longestName().equals("--config")) {
                words.add(option.longestName());
                words.addAll(option.originalStringValues());
            }
        }
        return words.toArray(String[]::new);
    }

    private Status status() {
        if (http.equals("none")) {
            return Status.silent();
        }
        int colon = http.lastIndexOf(':');
        try {
            return Status.listening(http.substring(0, Math.max(0, colon)), Integer.parseInt(http.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new UsageException("--http " + http + ": expected HOST:PORT, such as 127.0.0.1:9469, or none", e);
        }
    }
}
