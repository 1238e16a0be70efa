package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.plan.Window;
import io.metawal.snapshotter.SnapshotCatalogue;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Timeline;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description =
                "Show what one can restore to: the window with its gaps and unobserved spans, head, lag, timelines,"
                        + " snapshots, points.")
final class InfoCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Option(
            names = "--tables",
            description =
                    "of a RisingWave: the epochs of each table that can be restored to, and when the Hummock version"
                            + " was last equal to RisingWave's own (reads the whole log)")
    private boolean tables;

    @Override
    public Integer call() {
        History history = repository.history();
        int current = history.currentTimeline();
        Window window = Window.of(history, current);
        Output output = repository.output();
        if (output.json()) {
            ObjectNode doc = json(history, window);
            if (tables) {
                TableEpochs.of(history, current).put(doc);
            }
            output.json(doc);
        } else {
            text(history, window, output);
            if (tables) {
                TableEpochs.of(history, current).text(output);
            }
        }
        return 0;
    }

    private ObjectNode json(History history, Window window) {
        ObjectNode doc = Json.document()
                .put("cluster", history.repository().identity().cluster())
                .put("clusterId", history.repository().identity().clusterId());
        history.head(history.currentTimeline()).ifPresent(head -> doc.set("head", head(head)));
        SourceResolution.of(history).ifPresent(words -> doc.put("resolution", words));
        LeftOutTables.of(history).ifPresent(words -> doc.put("leftOut", words));
        ComparedView.put(doc, history);
        ObjectNode shown = doc.putObject("window");
        shown.set("from", Json.position(window.from()));
        shown.set("to", Json.position(window.to()));
        var gaps = shown.putArray("gaps");
        window.gaps()
                .forEach(gap -> gaps.addObject().put("afterSeq", gap.afterSeq()).put("reason", gap.reason()));
        var unobserved = shown.putArray("unobserved");
        window.unobserved().forEach(span -> unobserved.add(UnobservedSpans.json(span)));
        UnobservedSpans.clamps(history).ifPresent(clamps -> doc.set("clamps", UnobservedSpans.json(clamps)));
        var timelines = doc.putArray("timelines");
        history.timelines().values().forEach(timeline -> timelines.add(TimelineCommand.json(history, timeline)));
        var snapshots = doc.putArray("snapshots");
        for (var id : SnapshotCatalogue.ids(history)) {
            snapshots.add(SnapshotCommand.json(history, id));
        }
        var points = doc.putArray("points");
        new Points(history.repository()).list().forEach(point -> points.add(PointCommand.json(point)));
        return doc;
    }

    private static ObjectNode head(Head head) {
        ObjectNode node = Json.object().put("timeline", head.at().timeline());
        node.setAll(Json.clocks(head.at().seq(), head.at().epoch(), head.at().timeMicros()));
        return node.put("observedUntil", Timestamps.print(head.observedUntilMicros()))
                .put("digest", head.at().digest().toString())
                .put("chain", head.at().chain().toString())
                .put("term", head.term());
    }

    private void text(History history, Window window, Output output) {
        output.line("cluster    " + history.repository().identity().cluster() + " at "
                + history.repository().store().describe());
        Optional<Head> head = history.head(history.currentTimeline());
        head.ifPresent(h -> output.line("head       " + describe(h.at().position()) + " on timeline "
                + h.at().timeline() + ", " + h.at().digest().count() + " entries"));
        head.ifPresent(h -> output.line("observed   until " + Timestamps.print(h.observedUntilMicros()) + ", "
                + ago(h.observedUntilMicros()) + " ago"));
        SourceResolution.of(history).ifPresent(words -> output.line("resolution " + words));
        LeftOutTables.of(history).ifPresent(words -> output.line("left out   " + words));
        ComparedView.text(history, repository.clock().instant()).forEach(line -> output.line("compared   " + line));
        output.line("window     "
                + (window.from() == null ? "nothing can be restored yet" : "from " + describe(window.from())));
        if (window.to() != null) {
            output.line("           to   " + describe(window.to()));
        }
        window.gaps().forEach(gap -> output.line("gap        after seq " + gap.afterSeq() + ": " + gap.reason()));
        window.unobserved().forEach(span -> output.line("unobserved " + UnobservedSpans.text(span)));
        UnobservedSpans.clamps(history).ifPresent(clamps -> output.line("clocks     " + UnobservedSpans.text(clamps)));
        for (Timeline timeline : history.timelines().values()) {
            output.line("timeline   " + TimelineCommand.text(history, timeline));
        }
        for (var id : SnapshotCatalogue.ids(history)) {
            output.line("snapshot   " + SnapshotCommand.text(history, id));
        }
        List<Points.Point> points = new Points(history.repository()).list();
        points.forEach(point -> output.line("point      " + PointCommand.text(point)));
    }

    private String ago(long micros) {
        Duration age =
                Duration.between(Timestamps.instant(micros), repository.clock().instant());
        return String.format(Locale.ROOT, "%.1f s", age.toMillis() / 1000.0);
    }

    static String describe(@Nullable Position at) {
        return at == null
                ? "-"
                : "seq " + at.seq() + ", epoch " + at.epoch() + ", " + Timestamps.print(at.timeMicros());
    }

    /** What a damaged snapshot's line says instead of its figures. */
    static String unreadable(MetawalException e) {
        return "unreadable: " + e.text();
    }
}
