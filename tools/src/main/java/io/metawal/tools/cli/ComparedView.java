package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.pitr.plan.SourceComparison;
import io.metawal.storage.repository.Compared;
import io.metawal.storage.repository.History;
import io.metawal.tools.output.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When the current timeline was last compared with its source, and what is in doubt, as people and scripts see it. */
final class ComparedView {
    private ComparedView() {}

    /** {@code "lastCompared":{"seq":…,"epoch":…,"time":…}}, null where it never was; {@code "inDoubt":[{"fromSeq":…,"toSeq":…,"reason":…}]}. */
    static void put(ObjectNode doc, History history) {
        int timeline = history.currentTimeline();
        put(doc, SourceComparison.last(history, timeline).orElse(null));
        var doubts = doc.putArray("inDoubt");
        SourceComparison.doubts(history, history.line(timeline))
                .forEach(doubt -> doubts.addObject()
                        .put("fromSeq", doubt.first())
                        .put("toSeq", doubt.last())
                        .put("reason", doubt.reason()));
    }

    /** {@code lastCompared} of the timeline of a plan. */
    static void put(ObjectNode doc, SourceComparison.Standing comparison) {
        put(doc, comparison.last());
    }

    private static void put(ObjectNode doc, @Nullable Compared last) {
        if (last == null) {
            doc.putNull("lastCompared");
        } else {
            doc.set("lastCompared", json(last));
        }
    }

    private static ObjectNode json(Compared compared) {
        return Json.object()
                .put("seq", compared.seq())
                .put("epoch", compared.epoch())
                .put("time", Timestamps.print(compared.timeMicros()));
    }

    /** A line each; none for a history that no source is captured into. */
    static List<String> text(History history, Instant now) {
        int timeline = history.currentTimeline();
        List<String> lines = new ArrayList<>();
        Optional<Compared> last = SourceComparison.last(history, timeline);
        last.ifPresent(compared -> lines.add("equal to the source at " + SourceComparison.text(compared) + ", "
                + ago(compared.timeMicros(), now) + " ago"));
        if (last.isEmpty() && !history.source(timeline).isEmpty()) {
            lines.add("never with the source as a whole");
        }
        SourceComparison.doubts(history, history.line(timeline))
                .forEach(doubt ->
                        lines.add("seq " + doubt.first() + " to " + doubt.last() + " are IN DOUBT: " + doubt.reason()));
        return lines;
    }

    private static String ago(long micros, Instant now) {
        long millis = Duration.between(Timestamps.instant(micros), now).toMillis();
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
