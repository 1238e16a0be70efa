package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.plan.SourceComparison;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.IdsForward;
import io.metawal.pitr.restore.Restore;
import io.metawal.pitr.restore.RestoreResult;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Timeline;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Bring back the metadata as of any point, proven, into a place that must be empty.",
            "Needs the repository alone: neither the source nor the hot log."
        })
final class RestoreCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Option(names = "--to", paramLabel = "REF", required = true, description = "the point")
    private String to = "latest";

    @Mixin
    private final TableOption table = new TableOption();

    @Mixin
    private final CategoryOptions categories = new CategoryOptions();

    @Option(names = "--exclusive", description = "stop just before it")
    private boolean exclusive;

    @Option(names = "--plan", description = "show what would be done, and do nothing")
    private boolean planOnly;

    @Option(
            names = "--fork",
            description =
                    "begin a new timeline at the point; implied where the target is a service that can be captured")
    private boolean fork;

    @Option(names = "--threads", description = "that read and replay (default: one a core, at most 8)")
    private int threads;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "for what does not fit in memory (default: the temporary directory)")
    private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

    @Override
    public Integer call() {
        // First the time: what is written while the history is read is not left out of a time that was before.
        Instant now = repository.clock().instant();
        History history = repository.history();
        Ref ref = table.narrow(history, RefParser.parse(to), now);
        Output output = repository.output();
        if (planOnly) {
            RestorePlan plan = new RestorePlanner(history, now).plan(ref, exclusive);
            if (target.told()) {
                checkTarget(history, plan.target());
            }
            print(plan, SnapshotRow.of(history, plan, scratch), output);
            return 0;
        }
        target.check(given());
        ReplayLimits defaults = ReplayLimits.of(scratch);
        ReplayLimits limits =
                new ReplayLimits(threads > 0 ? threads : defaults.threads(), defaults.memoryBytes(), scratch);
        RestoreResult result;
        ForkOnPublish[] forking = {null};
        try (Progress progress = repository.progress()) {
            Restore restore = new Restore(history, limits, new Bars(progress), System::nanoTime);
            ResolvedPoint at =
                    new RestorePlanner(history, now).plan(ref, exclusive).target();
            result = restore.run(ref, exclusive, now, () -> {
                TargetOptions.Opened opened = target.open(history, limits, at, repository.clock());
                RestoreTarget to = continuingIds(opened.target(), history, at);
                boolean forks = fork || opened.beginsHistory(history);
                if (!forks) {
                    return to;
                }
                forking[0] = new ForkOnPublish(
                        to,
                        point -> Forks.fork(
                                history.repository(),
                                timeline(history, point),
                                point.provenance().seq(),
                                "restore to " + resolved(point) + " (" + ref + ") into " + target.shown(),
                                opened.identity(),
                                now));
                return forking[0];
            });
        }
        Timeline forked = forking[0] == null ? null : forking[0].forked();
        print(result, forked, output);
        boolean doubtful =
                SourceComparison.doubt(history, result.plan().target()).isPresent();
        return doubtful || result.report().skipped() > 0 ? io.metawal.metadata.fault.ExitCode.WARNINGS.number() : 0;
    }

    /** As the restore itself would refuse, before it had written anything. */
    private void checkTarget(History history, ResolvedPoint point) {
        target.check(given());
        RestoreTarget opened = target.open(history, ReplayLimits.of(scratch), point, repository.clock())
                .target();
        try (RestoreTarget to = continuingIds(opened, history, point)) {
            to.check(new RestorePoint(history.repository().identity().cluster(), point.at()));
        }
    }

    /** The options that the command line itself names. */
    private List<String> given() {
        return Objects.requireNonNull(spec).commandLine().getParseResult().matchedOptions().stream()
                .map(option -> option.longestName())
                .toList();
    }

    /** The target itself where it continues no ids. */
    private RestoreTarget continuingIds(RestoreTarget to, History history, ResolvedPoint point) {
        CategoryRules rules = categories.rules();
        if (!target.continuesIds(rules)) {
            return to;
        }
        Path hotLog = repository.remote() ? null : repository.defaultWal().resolve("log");
        RestoreIds ids = new RestoreIds(history, rules, target.ids(), hotLog);
        return new IdsForward(to, () -> ids.after(point));
    }

    /** A point on an ancestor forks from there: what came after it on the later line is left too. */
    private static int timeline(History history, RestorePoint point) {
        return history.timeline(point.provenance().timeline()).timeline();
    }

    private record Bars(Progress progress) implements Restore.Progress {
        @Override
        public void planned(RestorePlan plan) {
            progress.start("replay", plan.commits());
        }

        @Override
        public LongConsumer commitsReplayed() {
            return progress::step;
        }

        @Override
        public LongConsumer entriesWritten() {
            progress.start("write", -1);
            return progress::step;
        }
    }

    private void print(RestoreResult result, @Nullable Timeline forked, Output output) {
        RestorePlan plan = result.plan();
        ResolvedPoint at = plan.target();
        if (output.json()) {
            ObjectNode doc = Json.document().put("requested", RefParser.typed(to));
            doc.set("resolved", resolved(at));
            doc.put("base", base(plan))
                    .put("commitsReplayed", plan.commits())
                    .put("entries", result.report().entries())
                    .put("skipped", result.report().skipped())
                    .put("digest", result.digest().toString())
                    .put("verified", true)
                    .put("provenAgainst", lower(at.evidence()))
                    .put("millis", result.millis());
            if (forked != null) {
                doc.put("forkedTimeline", forked.timeline());
            }
            var notes = doc.putArray("notes");
            plan.notes().forEach(notes::add);
            result.report().notes().forEach(notes::add);
            output.json(doc);
            return;
        }
        output.line("restored " + result.report().entries() + " entries as of "
                + InfoCommand.describe(at.at().position()) + " into " + target.shown());
        String label = "proof    ";
        for (String line : ProofText.lines(result)) {
            output.line(label + line);
            label = "         ";
        }
        output.line("took     " + result.millis() + " ms");
        plan.notes().forEach(note -> output.line("note     " + note));
        result.report().notes().forEach(note -> output.line("note     " + note));
        if (forked != null) {
            output.line("timeline " + forked.timeline() + " begins here; what came after on timeline " + forked.parent()
                    + " stays restorable as " + forked.parent() + "@latest");
        }
    }

    private void print(RestorePlan plan, Map<String, String> snapshotRow, Output output) {
        ResolvedPoint at = plan.target();
        if (output.json()) {
            ObjectNode doc = Json.document().put("requested", RefParser.typed(to));
            doc.set("resolved", resolved(at));
            doc.put("base", base(plan));
            var segments = doc.putArray("segments");
            plan.pieces().forEach(piece -> segments.add(piece.segment().toString()));
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
            var notes = doc.putArray("notes");
            plan.notes().forEach(notes::add);
            output.json(doc);
            return;
        }
        output.line("target   " + InfoCommand.describe(at.at().position()) + " on timeline "
                + at.at().timeline() + ", " + at.at().digest().count() + " entries");
        output.line("base     " + (plan.base() == null ? "none: from the first commit on" : base(plan)));
        output.line("segments " + plan.pieces().size() + ", " + plan.bytes() + " bytes with the base, " + plan.commits()
                + " commits");
        for (Line.Piece piece : plan.pieces()) {
            output.line("         " + piece.segment());
        }
        output.line("estimate " + plan.estimate().toMillis() + " ms");
        output.line("before   " + (at.before() == null ? "-" : clocks(at.before())));
        output.line("after    " + (at.after() == null ? "-" : clocks(at.after())));
        snapshotRow.forEach((column, value) -> output.line("snapshot " + column + " = " + value));
        output.line("left out " + plan.commitsNotApplied() + " later commits of this timeline");
        plan.notes().forEach(note -> output.line("note     " + note));
    }

    private static String clocks(io.metawal.metadata.commit.CommitHeader header) {
        return "seq " + header.seq() + ", epoch " + header.epoch() + ", " + Timestamps.print(header.timeMicros());
    }

    private static ObjectNode resolved(ResolvedPoint at) {
        ObjectNode node = Json.object().put("timeline", at.timeline());
        node.setAll(Json.clocks(at.seq(), at.at().epoch(), at.at().timeMicros()));
        return node;
    }

    private static String resolved(RestorePoint point) {
        return point.provenance().timeline() + "@seq:" + point.provenance().seq() + " (epoch "
                + point.provenance().epoch() + ")";
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String base(RestorePlan plan) {
        return plan.base() == null ? null : plan.base().id().toString();
    }
}
