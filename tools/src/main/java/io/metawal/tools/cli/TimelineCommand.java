package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.PointNotFoundException;
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
        Ended ended = Ended.of(history, timeline.timeline());
        ObjectNode json = Json.object()
                .put("timeline", timeline.timeline())
                .put("parent", timeline.parent())
                .put("forkSeq", timeline.forkSeq());
        if (ended.damage().isEmpty()) {
            json.put("lastSeq", ended.lastSeq());
        } else {
            json.putNull("lastSeq").put("damage", ended.damage());
        }
        return json.put("reason", timeline.reason())
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
                + ", " + Ended.of(history, timeline.timeline()).text() + ", " + timeline.reason();
    }

    /**
     * Where a timeline ends.
     *
     * @param damage why it cannot be followed to its beginning; empty where it can. Other timelines are listed all the same
     */
    private record Ended(long lastSeq, String damage) {
        static Ended of(History history, int timeline) {
            try {
                return new Ended(history.line(timeline).lastSeq(), "");
            } catch (CorruptException | PointNotFoundException e) {
                return new Ended(0, e.text());
            }
        }

        String text() {
            return damage.isEmpty() ? "ends at seq " + lastSeq : "cannot be followed: " + damage;
        }
    }
}
