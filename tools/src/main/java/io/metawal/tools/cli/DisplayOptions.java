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
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How values are shown. */
final class DisplayOptions {
    @Option(
            names = "--unmask",
            description = "show values that may hold a secret, such as passwords' hashes and credentials")
    private boolean unmask;

    /** By the space of each entry: a history may have commits of several services in it, and none of their secrets are shown unasked. */
    ValueDisplay of(History history, int timeline) {
        AllViews known =
                new AllViews(List.of(new RwValues(), new DatabendValues(DatabendNames.latest(history, timeline))));
        ValueView all = interpreted(history, timeline) ? known : new OwnValues(known);
        return new ValueDisplay(all, unmask ? ValueDisplay.Secrets.SHOWN : ValueDisplay.Secrets.MASKED);
    }

    /** Kinds of sources do not mix on a timeline; of a repository from before that was so, its first commit and its newest tell. */
    private static boolean interpreted(History history, int timeline) {
        Line line = history.line(timeline);
        return Stream.of(origin(history, timeline), origin(history, line, line.lastSeq()))
                .anyMatch(origin -> origin.startsWith("risingwave") || origin.startsWith("databend"));
    }

    /** What the first commit was captured from; empty where there is none. */
    static String origin(History history, int timeline) {
        Line line = history.line(timeline);
        return line.pieces().isEmpty()
                ? ""
                : origin(history, line, line.pieces().get(0).segment().first());
    }

    private static String origin(History history, Line line, long seq) {
        return new CommitFinder(line, new Segments(history.repository().store()))
                .bySeq(seq)
                .map(found -> found.record().commit().body().origin())
                .orElse("");
    }
}
