package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.storage.repository.Clamps;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Unobserved;
import io.metawal.tools.output.Json;
import java.util.Locale;
import java.util.Optional;

/** The times of a history that are not known, and the clocks that were not believed, for people and for scripts. */
final class UnobservedSpans {
    private static final double MICROS_PER_SECOND = 1e6;

    private UnobservedSpans() {}

    static String text(Unobserved span) {
        return "from " + Timestamps.print(span.fromMicros()) + " to " + Timestamps.print(span.toMicros())
                + ", after seq " + span.afterSeq() + ": " + why(span);
    }

    static ObjectNode json(Unobserved span) {
        return Json.object()
                .put("afterSeq", span.afterSeq())
                .put("from", Timestamps.print(span.fromMicros()))
                .put("to", Timestamps.print(span.toMicros()))
                .put("reason", why(span));
    }

    private static String why(Unobserved span) {
        return switch (span.reason()) {
            case NOT_OBSERVED -> "the source was not observed";
            case CLOCK_SET_BACK -> "a clock was set back, so that these times came twice";
        };
    }

    /** Of the current timeline; empty where every clock was believed. */
    static Optional<Clamps> clamps(History history) {
        return history.head(history.currentTimeline()).map(Head::clamps).filter(clamps -> clamps.commits() > 0);
    }

    static String text(Clamps clamps) {
        return String.format(
                Locale.ROOT,
                "%d commits have another time than their clock said, by up to %.3f s, the newest seq %d",
                clamps.commits(),
                clamps.largestMicros() / MICROS_PER_SECOND,
                clamps.lastSeq());
    }

    static ObjectNode json(Clamps clamps) {
        return Json.object()
                .put("commits", clamps.commits())
                .put("lastSeq", clamps.lastSeq())
                .put("largestSeconds", clamps.largestMicros() / MICROS_PER_SECOND);
    }
}
