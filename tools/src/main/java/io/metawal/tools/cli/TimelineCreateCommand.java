package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.net.ShownUrl;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.RefResolver;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Timeline;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = {
            "Begin a timeline for a service that has another history than the log, such as an etcd that was put back",
            "from a backup by its own tools. `run` captures the service into it from then on, starting with a base."
        })
final class TimelineCreateCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Option(
            names = "--source",
            required = true,
            paramLabel = "URL",
            description = "Service that will be captured into the timeline, as for `run`. It must be reachable.")
    private String source = "";

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "Reason for the timeline. `timeline list` shows it.")
    private String reason = "";

    @Option(
            names = "--at",
            paramLabel = "REF",
            defaultValue = "latest",
            description =
                    "Last point that the timeline shares with the history before it, such as the epoch of the backup"
                            + " (default: ${DEFAULT-VALUE}).")
    private String at = "latest";

    @Override
    public Integer call() {
        if (reason.isBlank()) {
            throw new UsageException("--reason is empty: say why the service has another history than the log");
        }
        History history = repository.history();
        Instant now = repository.clock().instant();
        ResolvedPoint point = new RefResolver(history, now).resolve(RefParser.parse(at));
        String identity = identity();
        Timeline timeline = unused(history, point, identity)
                .orElseGet(
                        () -> Forks.fork(history.repository(), point.timeline(), point.seq(), reason, identity, now));
        print(History.load(history.repository()), timeline);
        return 0;
    }

    private String identity() {
        try (CapturedService service = CaptureOptions.service(source, repository.clock())) {
            return service.source().identity();
        }
    }

    /** The same call again gives the same timeline, as long as nothing was captured into it. */
    private static Optional<Timeline> unused(History history, ResolvedPoint point, String identity) {
        @Nullable Timeline newest = null;
        for (Timeline timeline : history.timelines().descendingMap().values()) {
            if (history.source(timeline.timeline()).equals(identity)) {
                newest = timeline;
                break;
            }
        }
        return Optional.ofNullable(newest)
                .filter(it -> it.parent() == point.timeline() && it.forkSeq() == point.seq())
                .filter(it -> history.segments(it.timeline()).isEmpty()
                        && history.head(it.timeline()).isEmpty());
    }

    private void print(History history, Timeline timeline) {
        Output output = repository.output();
        if (output.json()) {
            ObjectNode doc = Json.document();
            doc.setAll(TimelineCommand.json(history, timeline));
            output.json(doc);
            return;
        }
        output.line(TimelineCommand.text(history, timeline));
        output.line("`metawal run` captures " + ShownUrl.withoutLogin(source) + ", cluster " + timeline.source()
                + ", into timeline " + timeline.timeline() + " from now on; what came before stays restorable as "
                + timeline.parent() + "@latest");
    }
}
