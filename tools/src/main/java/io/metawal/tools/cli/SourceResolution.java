package io.metawal.tools.cli;

import io.metawal.connectors.sql.sqlite.SqlResolution;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import java.util.Optional;

/** What the source of a history cannot tell apart, as its newest archived commit says. */
final class SourceResolution {
    private SourceResolution() {}

    /** Empty for a source that tells every transaction. */
    static Optional<String> of(History history) {
        Line line = history.line(history.currentTimeline());
        if (line.pieces().isEmpty()) {
            return Optional.empty();
        }
        try {
            return new CommitFinder(line, new Segments(history.repository().store()))
                    .bySeq(line.lastSeq())
                    .flatMap(last ->
                            SqlResolution.of(last.record().commit().body().sourcePosition()));
        } catch (MetawalException unreadable) {
            // That is for verify to say.
            return Optional.empty();
        }
    }
}
