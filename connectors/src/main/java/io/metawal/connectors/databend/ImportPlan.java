package io.metawal.connectors.databend;

import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.LogSummary;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.SourceChangedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an import does: a pure function of what the export holds and where the log stands.
 *
 * @param after the entry that the log is complete at; -1 for none
 * @param to the last entry that is applied
 * @param gapReason why what lies before the base is unknown; empty where nothing is missing
 */
record ImportPlan(Start start, long after, long to, String gapReason, List<String> findings) {
    /** How it begins. */
    enum Start {
        /** The log holds it all. */
        NOTHING,
        /** The export's log goes on where ours ends. */
        JOIN,
        /** The export's state first. */
        BASE,
        /** The export's log from its beginning, where it proves to lead to the export's state. */
        HISTORY
    }

    /** A new cluster's first two entries are its membership and its leader's first, so that a log from 2 on is a whole one. */
    private static final long WHOLE_FROM_MAX = 2;

    /** @param empty whether nothing is in the image: history is replayed from nothing only */
    static ImportPlan of(ExportCheck check, @Nullable DatabendPosition position, boolean empty) {
        if (position == null || position.baseAfter() != null) {
            return first(check, position, empty);
        }
        checkSame(check, position);
        LogSummary log = check.log();
        long at = position.index();
        long end = check.end();
        long applied = applied(check);
        if (end < at || end == at && applied != at) {
            return new ImportPlan(Start.NOTHING, at, at, "", List.of());
        }
        boolean joins = end == at || log.first().map(LogId::index).orElse(Long.MAX_VALUE) <= at + 1;
        var unknown = log.unknownAfter(at).filter(found -> found.getKey() <= end);
        if (joins && (unknown.isEmpty() || unknown.get().getKey() > applied)) {
            return new ImportPlan(Start.JOIN, at, upTo(log, at, end), "", findings(check, at));
        }
        if (applied > at) {
            return new ImportPlan(
                    Start.BASE, applied, upTo(log, applied, end), gap(check, at, applied), findings(check, applied));
        }
        throw new GapException(check.file() + ": its log begins at index "
                + log.first().map(LogId::index).orElse(-1L)
                + " and it has no state, so that nothing leads there from index "
                + at + ", where the log ends: import an export with a snapshot (databend-metactl trigger-snapshot)");
    }

    private static ImportPlan first(ExportCheck check, @Nullable DatabendPosition position, boolean empty) {
        LogSummary log = check.log();
        long begin = log.first().map(LogId::index).orElse(Long.MAX_VALUE);
        long applied = applied(check);
        long end = check.end();
        boolean whole = begin <= WHOLE_FROM_MAX;
        if (!check.state().any() || applied < 0 && check.state().records() == 0) {
            if (!whole || !empty) {
                throw new GapException(check.file() + ": it has no state, and its log "
                        + log.first()
                                .map(first -> "begins at index " + first.index())
                                .orElse("is empty")
                        + ": nothing can be made of it; export again after databend-metactl trigger-snapshot");
            }
            return new ImportPlan(Start.HISTORY, begin - 1, upTo(log, begin - 1, end), "", findings(check, begin - 1));
        }
        boolean history = position == null
                && empty
                && whole
                && begin <= applied
                && log.unknownAfter(-1)
                        .filter(unknown -> unknown.getKey() <= applied)
                        .isEmpty()
                && check.state().sequence() <= log.upTo(applied).puts();
        if (position != null && applied < position.complete()) {
            return new ImportPlan(Start.NOTHING, position.complete(), position.complete(), "", List.of());
        }
        if (applied < 0) {
            return new ImportPlan(Start.BASE, 0, 0, "", List.of());
        }
        boolean missing = position != null && position.complete() >= 0 && position.complete() < applied;
        String gap = missing && position != null ? gap(check, position.complete(), applied) : "";
        return new ImportPlan(
                history ? Start.HISTORY : Start.BASE, applied, upTo(log, applied, end), gap, findings(check, applied));
    }

    private static long applied(ExportCheck check) {
        return check.state().lastApplied().map(LogId::index).orElse(-1L);
    }

    /** The last entry that can be applied: an entry that is not understood, and what follows it, cannot. */
    private static long upTo(LogSummary log, long after, long end) {
        return log.unknownAfter(after)
                .map(unknown -> Math.min(end, unknown.getKey() - 1))
                .orElse(end);
    }

    private static List<String> findings(ExportCheck check, long after) {
        return check.log()
                .unknownAfter(after)
                .filter(unknown -> unknown.getKey() <= check.end())
                .map(unknown -> List.of("log entry " + unknown.getKey() + " has the " + unknown.getValue()
                        + ", which this metawal does not know: it and what follows it were not imported, until an export whose"
                        + " state is behind it"))
                .orElse(List.of());
    }

    private static String gap(ExportCheck check, long at, long applied) {
        var unknown = check.log().unknownAfter(at);
        String why = check.log().first().map(LogId::index).orElse(Long.MAX_VALUE) <= at + 1 && unknown.isPresent()
                ? "hold the " + unknown.get().getValue() + ", which is not known"
                : "were purged before they were exported";
        return "Databend log entries " + (at + 1) + " to " + applied + " " + why + "; what they left at index "
                + applied + " is here";
    }

    private static void checkSame(ExportCheck check, DatabendPosition position) {
        LogEntry asked = check.log().asked().orElse(null);
        LogId applied = check.state().lastApplied().orElse(null);
        if (asked != null) {
            boolean content = position.content() == 0 || asked.content() == position.content();
            if (asked.id().term() != position.term() || !content) {
                throw changed(check, position, asked.id() + (content ? "" : " with other content"));
            }
        }
        if (applied != null
                && (applied.index() == position.index() && applied.term() != position.term()
                        || applied.index() > position.index() && applied.term() < position.term())) {
            throw changed(check, position, "LastApplied at " + applied);
        }
    }

    private static SourceChangedException changed(ExportCheck check, DatabendPosition position, String found) {
        return new SourceChangedException(
                check.file() + " is not of the cluster that this log was filled from, or that cluster went"
                        + " back: the log ends at index " + position.index() + " of term " + position.term()
                        + ", the export has "
                        + found + ". Nothing was imported; use a repository of its own for it");
    }
}
