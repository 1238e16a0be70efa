package io.metawal.tools.cli;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.metadata.point.RefRange;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.pitr.plan.LogRange;
import io.metawal.pitr.plan.RangeResolver;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.tools.output.CommitView;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.PipeReader;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "log", mixinStandardHelpOptions = true, description = "Who changed what, when, in what transaction.")
final class LogCommand implements Callable<Integer> {
    private static final long FOLLOW_PAUSE_NANOS = 300_000_000L;

    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Mixin
    private final ChangeFilter filter = new ChangeFilter();

    @Mixin
    private final DisplayOptions display = new DisplayOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "A..B",
            description = "A range of points, both included, or a single point; cut to what is there (default: all)")
    private @Nullable String range;

    @Option(names = "--follow", description = "go on with new commits as they are archived, until interrupted")
    private boolean follow;

    @Option(names = "--limit", paramLabel = "N", description = "show at most N commits")
    private long limit = Long.MAX_VALUE;

    private long shown;

    @Override
    public Integer call() {
        Repository open = repository.open();
        History history = History.load(open);
        RefRange asked = asked();
        LogRange found = new RangeResolver(history, repository.clock().instant()).resolve(asked, typed());
        Line line = found.line();
        int timeline = line.timeline();
        Output output = repository.output();
        CommitView view = new CommitView(output, open.identity().cluster(), display.of(history, timeline));
        long next = found.first();
        long last = found.last();
        if (found.clamped()) {
            System.err.println("metawal: " + typed() + " was cut to what is there: "
                    + (found.isEmpty()
                            ? "no commit of timeline " + timeline + ", which ends at seq:" + line.lastSeq()
                            : timeline + "@seq:" + next + ".." + timeline + "@seq:" + Math.min(last, line.lastSeq())));
        }
        PipeReader reader = new PipeReader();
        CommitScan scan = new CommitScan(new Segments(open.store()));
        LineGaps.refuse(line, next, Math.min(last, line.lastSeq()));
        while (true) {
            boolean more = scan.forEach(
                    line, next, last, stamped -> show(view, stamped.record().commit()));
            output.flush();
            next = Math.max(next, line.lastSeq() + 1);
            if (!more || !follow || next > last) {
                return 0;
            }
            LockSupport.parkNanos(FOLLOW_PAUSE_NANOS);
            if (Thread.interrupted()) {
                throw new MetawalException(ExitCode.INTERRUPTED, "interrupted after seq " + (next - 1));
            }
            reader.require();
            line = History.load(open).line(timeline);
        }
    }

    private String typed() {
        return range == null ? ".." : RefParser.typed(range);
    }

    /** A single point is a range of one commit; to be followed, it is where the range begins. */
    private RefRange asked() {
        String text = range;
        if (text == null) {
            return new RefRange(null, null);
        }
        if (text.contains("..")) {
            return RefParser.parseRange(text);
        }
        Ref point = RefParser.parse(text);
        return new RefRange(point, follow ? null : point);
    }

    private boolean show(CommitView view, Commit commit) {
        List<Change> changes = filter.shown(commit);
        if (!changes.isEmpty() || filter.all()) {
            view.show(commit, changes);
            shown++;
        }
        return shown < limit;
    }
}
