package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Timeline;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "timeline",
        mixinStandardHelpOptions = true,
        subcommands = TimelineCreateCommand.class,
        description = "Lines of history: every restore that is written to again forks one.")
final class TimelineCommand implements Runnable {
    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Override
    public void run() {
        Subcommands.required(spec);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All timelines.")
    int list(@Mixin RepositoryOptions repository) {
        History history = repository.history();
        Output output = repository.output();
        for (Timeline timeline : history.timelines().values()) {
            show(history, timeline, output);
        }
        return 0;
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "One timeline.")
    int show(@Mixin RepositoryOptions repository, @Parameters(paramLabel = "TIMELINE") int timeline) {
        History history = repository.history();
        show(history, history.timeline(timeline), repository.output());
        return 0;
    }

    private static void show(History history, Timeline timeline, Output output) {
        if (output.json()) {
            ObjectNode doc = Json.document();
            doc.setAll(json(history, timeline));
            output.json(doc);
        } else {
            output.line(text(history, timeline));
        }
    }

    static ObjectNode json(History history, Timeline timeline) {
        return Json.object()
                .put("timeline", timeline.timeline())
                .put("parent", timeline.parent())
                .put("forkSeq", timeline.forkSeq())
                .put("lastSeq", history.line(timeline.timeline()).lastSeq())
                .put("reason", timeline.reason())
                .put("created", Timestamps.print(timeline.createdMicros()))
                .put("source", history.source(timeline.timeline()))
                .put("current", timeline.timeline() == history.currentTimeline())
                .put("abandoned", history.abandoned(timeline.timeline()));
    }

    static String text(History history, Timeline timeline) {
        return timeline.timeline() + (timeline.timeline() == history.currentTimeline() ? " (current)" : "")
                + (timeline.parent() == 0
                        ? ""
                        : ", forked from " + timeline.parent() + " after seq " + timeline.forkSeq())
                + (history.abandoned(timeline.timeline()) ? ", abandoned: its service was restored to again" : "")
                + ", ends at seq " + history.line(timeline.timeline()).lastSeq() + ", " + timeline.reason();
    }
}
