package io.metawal.tools.cli;

import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
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
import io.metawal.storage.temp.TempFolder;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
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
            "Needs the repository alone: neither the source nor, once its writer has stopped in good order, the hot log."
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

    @Option(
            names = "--plan",
            description =
                    "show what would be done, and do nothing; with --into, refuse whatever the restore would refuse")
    private boolean planOnly;

    @Option(
            names = {"-v", "--verbose"},
            description = "with --plan: list every segment that would be read (default: the first and the last)")
    private boolean verbose;

    @Option(
            names = "--fork",
            description =
                    "begin a new timeline at the point; implied where the target is a service that can be captured")
    private boolean fork;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "that read and replay (default: one a core, at most 8)")
    private @Nullable Integer threads;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "for what does not fit in memory (default: the temporary directory)")
    private Path scratch = TempFolder.machineDirectory();

    @Mixin
    private final ReadLogOption readLog = new ReadLogOption();

    private final ForkOnPublish[] forking = {null};

    @Override
    public Integer call() {
        ReplayLimits limits = limits();
        // First the time: what is written while the history is read is not left out of a time that was before.
        Instant now = repository.clock().instant();
        History history = repository.history();
        Ref ref = table.narrow(history, RefParser.parse(to), now);
        RestorePlanner planner = new RestorePlanner(history, now);
        RestorePlan plan = planner.plan(ref, exclusive);
        RestoreOutput.Segments segments = verbose ? RestoreOutput.Segments.ALL : RestoreOutput.Segments.FOLDED;
        RestoreOutput output = new RestoreOutput(reports(), to, segments);
        if (planOnly && !target.isGiven()) {
            output.planned(plan, null, SnapshotRow.of(history, plan, scratch), NotRewound.of(history, plan, scratch));
            return exit(history, plan, 0).number();
        }
        target.check(given());
        RestoreResult result = carriedOut(history, limits, planner, plan, now);
        if (planOnly) {
            RestoreOutput.Preview preview = new RestoreOutput.Preview(
                    target.shown(),
                    result.report(),
                    forking[0] == null
                            ? RestoreOutput.Preview.History.NONE
                            : RestoreOutput.Preview.History.NEW_TIMELINE);
            output.planned(result.plan(), preview, SnapshotRow.of(history, result.plan(), scratch), List.of());
        } else {
            output.ran(result, target.shown(), forking[0] == null ? null : forking[0].forked());
        }
        return exit(history, result.plan(), result.report().skipped()).number();
    }

    /** A restore promises no ephemeral entries: they are counted, and are no warning. */
    private static ExitCode exit(History history, RestorePlan plan, long skipped) {
        boolean doubtful = SourceComparison.doubt(history, plan.target()).isPresent();
        return doubtful || skipped > 0 ? ExitCode.WARNINGS : ExitCode.DONE;
    }

    /** What is restored to standard output is not mixed with what is said about it. */
    private Output reports() {
        return planOnly || !target.isGiven() || !target.isStream()
                ? repository.output()
                : repository.output(System.err);
    }

    private ReplayLimits limits() {
        if (!Files.isDirectory(scratch)) {
            throw new UsageException("temporary files go to " + scratch
                    + ", which is no directory: make it, or name another with --scratch");
        }
        if (!Files.isWritable(scratch)) {
            throw new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    "--scratch " + scratch + ": no permission to write there: grant it, or name another directory");
        }
        if (threads != null && threads < 1) {
            throw new UsageException("--threads " + threads + ": expected a number from 1 on");
        }
        ReplayLimits defaults = ReplayLimits.of(scratch);
        return new ReplayLimits(threads == null ? defaults.threads() : threads, defaults.memoryBytes(), scratch);
    }

    private RestoreResult carriedOut(
            History history, ReplayLimits limits, RestorePlanner planner, RestorePlan plan, Instant now) {
        try (Progress progress = repository.progress()) {
            Restore restore = new Restore(history, limits, new Bars(progress, planOnly), System::nanoTime);
            Supplier<RestoreTarget> targets = () -> opened(history, limits, plan, now, progress);
            return planOnly ? restore.rehearse(planner, plan, targets) : restore.run(planner, plan, targets);
        }
    }

    private RestoreTarget opened(
            History history, ReplayLimits limits, RestorePlan plan, Instant now, Progress progress) {
        ResolvedPoint at = plan.target();
        TargetOptions.Purpose purpose = planOnly ? TargetOptions.Purpose.PLAN : TargetOptions.Purpose.RUN;
        TargetOptions.Opened opened = target.open(history, limits, at, repository.clock(), purpose);
        RestoreTarget into = continuingIds(opened.target(), history, at, progress);
        if (!fork && !opened.beginsHistory(history)) {
            return into;
        }
        forking[0] = new ForkOnPublish(
                into,
                point -> Forks.fork(
                        history.repository(),
                        timeline(history, point),
                        point.provenance().seq(),
                        "restore to " + resolved(point) + " (" + plan.requested() + ") into " + target.shown(),
                        opened.identity(),
                        now));
        return forking[0];
    }

    /** The options that the command line itself names. */
    private List<String> given() {
        return Objects.requireNonNull(spec).commandLine().getParseResult().matchedOptions().stream()
                .map(option -> option.longestName())
                .toList();
    }

    /** The target itself where it continues no ids. */
    private RestoreTarget continuingIds(RestoreTarget into, History history, ResolvedPoint point, Progress progress) {
        CategoryRules rules = categories.rules();
        if (!target.continuesIds(rules)) {
            return into;
        }
        RestoreIds ids = new RestoreIds(history, rules, target.ids(), readLog.directory(repository, history));
        return new IdsForward(into, () -> {
            progress.start("ids", -1);
            return ids.after(point);
        });
    }

    private static String resolved(RestorePoint point) {
        return point.provenance().timeline() + "@seq:" + point.provenance().seq() + " (epoch "
                + point.provenance().epoch() + ")";
    }

    /** A point on an ancestor forks from there: what came after it on the later line is left too. */
    private static int timeline(History history, RestorePoint point) {
        return history.timeline(point.provenance().timeline()).timeline();
    }

    private record Bars(Progress progress, boolean planned) implements Restore.Progress {
        @Override
        public void planned(RestorePlan plan) {
            progress.start("replay", plan.commits());
        }

        @Override
        public LongConsumer commitsReplayed() {
            return progress::step;
        }

        @Override
        public LongConsumer entriesWritten(long entries) {
            progress.start(planned ? "examine" : "write", entries);
            return progress::step;
        }

        @Override
        public void publishing() {
            progress.start("publish", -1);
        }
    }
}
