package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.point.RefParser;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.restore.RestoreResult;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Timeline;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code restore} prints of a plan and of a run. */
final class RestoreOutput {
    private final Output output;
    private final String requested;
    private final Segments segments;

    /** How many of a plan's segments are printed as text. */
    enum Segments {
        FOLDED,
        ALL
    }

    RestoreOutput(Output output, String requested, Segments segments) {
        this.output = output;
        this.requested = RefParser.typed(requested);
        this.segments = segments;
    }

    /** What a plan comes to at a target. */
    record Preview(String target, RestoreReport report, History history) {
        /** Whether the restored data begins a timeline of its own. */
        enum History {
            NEW_TIMELINE,
            NONE
        }
    }

    void ran(RestoreResult result, String into, @Nullable Timeline forked) {
        RestorePlan plan = result.plan();
        ResolvedPoint at = plan.target();
        RestoreReport report = result.report();
        if (output.json()) {
            ObjectNode doc = Json.document().put("requested", requested);
            doc.set("resolved", resolved(at));
            doc.put("base", base(plan)).put("commitsReplayed", plan.commits());
            counts(doc, plan, report)
                    .put("digest", result.digest().toString())
                    .put("verified", true)
                    .put("provenAgainst", at.evidence().name().toLowerCase(Locale.ROOT))
                    .put("readBack", result.readBack())
                    .put("millis", result.millis());
            ComparedView.put(doc, plan.comparison());
            if (forked != null) {
                doc.put("forkedTimeline", forked.timeline());
            }
            notes(doc.putArray("notes"), plan, report);
            output.json(doc);
            return;
        }
        output.line("restored " + entries(plan, report) + " as of "
                + InfoCommand.describe(at.at().position()) + " into " + into);
        leftOut(report);
        String label = "proof    ";
        for (String line : ProofText.lines(result)) {
            output.line(label + line);
            label = "         ";
        }
        output.line("took     " + result.millis() + " ms");
        plan.notes().forEach(note -> output.line("note     " + note));
        report.notes().forEach(note -> output.line("note     " + note));
        if (forked != null) {
            output.line("timeline " + forked.timeline() + " begins here; the metadata of what came after on timeline "
                    + forked.parent() + " stays restorable as " + forked.parent() + "@latest");
        }
    }

    /** @param notes of the point, where there is no target to give some */
    void planned(RestorePlan plan, @Nullable Preview preview, Map<String, String> snapshotRow, List<String> notes) {
        if (output.json()) {
            output.json(document(plan, preview, snapshotRow, notes));
            return;
        }
        ResolvedPoint at = plan.target();
        output.line("target   " + InfoCommand.describe(at.at().position()) + " on timeline "
                + at.at().timeline() + ", " + at.at().digest().count() + " entries");
        output.line("base     " + (plan.base() == null ? "none: from the first commit on" : base(plan)));
        output.line("segments " + plan.pieces().size() + ", " + plan.bytes() + " bytes with the base, " + plan.commits()
                + " commits");
        segments(plan.pieces());
        output.line("estimate " + plan.estimate().toMillis() + " ms");
        output.line("before   " + (at.before() == null ? "-" : clocks(at.before())));
        output.line("after    " + (at.after() == null ? "-" : clocks(at.after())));
        snapshotRow.forEach((column, value) -> output.line("snapshot " + column + " = " + value));
        output.line("left out " + plan.commitsNotApplied() + " later commits of this timeline");
        plan.comparison().text().ifPresent(text -> output.line("proof    " + text));
        plan.notes().forEach(note -> output.line("note     " + note));
        notes.forEach(note -> output.line("note     " + note));
        if (preview != null) {
            output.line("into     " + preview.target() + ": nothing is in the way; " + entries(plan, preview.report())
                    + " would be restored");
            leftOut(preview.report());
            if (preview.history() == Preview.History.NEW_TIMELINE) {
                output.line("timeline a new one would begin at this point");
            }
            preview.report().notes().forEach(note -> output.line("note     " + note));
        }
    }

    private void segments(List<Line.Piece> pieces) {
        if (segments == Segments.ALL || pieces.size() < 2) {
            pieces.forEach(piece -> output.line("         " + piece.segment()));
            return;
        }
        output.line("         " + pieces.get(0).segment() + " … "
                + pieces.get(pieces.size() - 1).segment() + " (" + pieces.size() + "; --verbose lists them)");
    }

    private ObjectNode document(
            RestorePlan plan, @Nullable Preview preview, Map<String, String> snapshotRow, List<String> more) {
        ResolvedPoint at = plan.target();
        ObjectNode doc = Json.document().put("requested", requested);
        doc.set("resolved", resolved(at));
        doc.put("base", base(plan));
        ArrayNode names = doc.putArray("segments");
        plan.pieces().forEach(piece -> names.add(piece.segment().toString()));
        doc.put("bytes", plan.bytes())
                .put("commits", plan.commits())
                .put("commitsNotApplied", plan.commitsNotApplied())
                .put("estimateMillis", plan.estimate().toMillis());
        doc.set("previous", Json.position(at.before()));
        doc.set("next", Json.position(at.after()));
        if (!snapshotRow.isEmpty()) {
            ObjectNode row = doc.putObject("rwMetaSnapshot");
            snapshotRow.forEach(row::put);
        }
        ComparedView.put(doc, plan.comparison());
        ArrayNode notes = doc.putArray("notes");
        plan.notes().forEach(notes::add);
        more.forEach(notes::add);
        if (preview != null) {
            ObjectNode into = doc.putObject("into").put("target", preview.target());
            counts(into, plan, preview.report()).put("newTimeline", preview.history() == Preview.History.NEW_TIMELINE);
            ArrayNode ofTarget = into.putArray("notes");
            preview.report().notes().forEach(ofTarget::add);
        }
        return doc;
    }

    /** {@code entries} counts in the target's own units: keys, rows or lines. */
    private static ObjectNode counts(ObjectNode doc, RestorePlan plan, RestoreReport report) {
        return doc.put("entries", report.entries())
                .put("imageEntries", plan.target().at().digest().count())
                .put("skipped", report.skipped())
                .put("ephemeral", report.ephemeral());
    }

    private static String entries(RestorePlan plan, RestoreReport report) {
        long all = plan.target().at().digest().count();
        long missing = report.skipped() + report.ephemeral();
        return missing == 0 ? all + " entries" : Math.max(0, all - missing) + " of " + all + " entries";
    }

    private void leftOut(RestoreReport report) {
        if (report.skipped() > 0) {
            output.line("skipped  " + report.skipped() + " entries: the exit code is 16, and the notes name them");
        }
        if (report.ephemeral() > 0) {
            output.line(
                    "left out " + report.ephemeral() + " entries that only last while a running service renews them");
        }
    }

    private static void notes(ArrayNode notes, RestorePlan plan, RestoreReport report) {
        plan.notes().forEach(notes::add);
        report.notes().forEach(notes::add);
    }

    private static String clocks(CommitHeader header) {
        return "seq " + header.seq() + ", epoch " + header.epoch() + ", " + Timestamps.print(header.timeMicros());
    }

    private static ObjectNode resolved(ResolvedPoint at) {
        ObjectNode node = Json.object().put("timeline", at.timeline());
        node.setAll(Json.clocks(at.seq(), at.at().epoch(), at.at().timeMicros()));
        return node;
    }

    private static @Nullable String base(RestorePlan plan) {
        return plan.base() == null ? null : plan.base().id().toString();
    }
}
