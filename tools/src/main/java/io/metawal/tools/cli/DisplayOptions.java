package io.metawal.tools.cli;

import io.metawal.connectors.databend.view.DatabendValues;
import io.metawal.connectors.risingwave.RwValues;
import io.metawal.connectors.view.ValueView;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.tools.output.ValueDisplay;
import java.util.List;
import picocli.CommandLine.Option;

/** How values are shown. */
final class DisplayOptions {
    @Option(
            names = "--unmask",
            description = "show values that may hold a secret, such as passwords' hashes and credentials")
    private boolean unmask;

    /** By the space of each entry: a history may have commits of several services in it, and none of their secrets are shown unasked. */
    ValueDisplay of(History history, int timeline) {
        ValueView all =
                new AllViews(List.of(new RwValues(), new DatabendValues(DatabendNames.latest(history, timeline))));
        return new ValueDisplay(all, unmask ? ValueDisplay.Secrets.SHOWN : ValueDisplay.Secrets.MASKED);
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
