package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.sql.RwSqlTables;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import java.util.Optional;
import java.util.TreeSet;

/** Which tables of a RisingWave's meta store on SQL are not captured by default, and why. */
final class LeftOutTables {
    private static final String ORIGIN = "risingwave-sql";

    private LeftOutTables() {}

    /** Empty for a history of another source. */
    static Optional<String> of(History history) {
        Line line = history.line(history.currentTimeline());
        if (line.pieces().isEmpty()) {
            return Optional.empty();
        }
        try {
            return new CommitFinder(line, new Segments(history.repository().store()))
                    .bySeq(line.lastSeq())
                    .filter(last -> last.record().commit().body().origin().equals(ORIGIN))
                    .map(last -> String.join(", ", new TreeSet<>(RwSqlTables.LEFT_OUT))
                            + ": without their rows, which change with every commit and would be most of the log. They"
                            + " serve FOR SYSTEM_TIME AS OF and jobs that are being created from a snapshot. Captured"
                            + " only with run --capture-time-travel");
        } catch (MetawalException unreadable) {
            // That is for verify to say.
            return Optional.empty();
        }
    }
}
