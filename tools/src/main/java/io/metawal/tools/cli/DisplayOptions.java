package io.metawal.tools.cli;

import io.metawal.connectors.databend.view.DatabendValues;
import io.metawal.connectors.risingwave.RwValues;
import io.metawal.connectors.view.ValueView;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.tools.output.ValueDisplay;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How values are shown. */
final class DisplayOptions {
    @Option(
            names = "--unmask",
            description = "show values that may hold a secret, such as passwords' hashes and credentials")
    private boolean unmask;

    /** By what the history's first commit was captured from. */
    ValueDisplay of(History history, int timeline) {
        return new ValueDisplay(
                view(history, timeline), unmask ? ValueDisplay.Secrets.SHOWN : ValueDisplay.Secrets.MASKED);
    }

    private static @Nullable ValueView view(History history, int timeline) {
        String origin = origin(history, timeline);
        if (origin.startsWith("risingwave")) {
            return new RwValues();
        }
        return origin.startsWith("databend") ? new DatabendValues(DatabendNames.latest(history, timeline)) : null;
    }

    /** What the first commit was captured from; empty where there is none. */
    static String origin(History history, int timeline) {
        Line line = history.line(timeline);
        return line.pieces().isEmpty()
                ? ""
                : new CommitFinder(line, new Segments(history.repository().store()))
                        .bySeq(line.pieces().get(0).segment().first())
                        .map(first -> first.record().commit().body().origin())
                        .orElse("");
    }
}
