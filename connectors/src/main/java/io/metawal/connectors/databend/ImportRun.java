package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.export.LogSummary;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One import of one export that was found sound. */
final class ImportRun {
    private static final long MICROS_PER_MILLI = 1000;

    private final ExportReader reader;
    private final ExportCheck check;
    private final ImportOptions options;
    private final CheckedCommits commits;
    private final CommitSink sink;
    private final List<String> notes = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private long baseAt = -1;
    private long before = -1;

    ImportRun(ExportReader reader, ExportCheck check, ImportOptions options, CommitSink sink) {
        this.reader = reader;
        this.check = check;
        this.options = options;
        this.sink = sink;
        this.commits = new CheckedCommits(sink);
    }

    ImportReport run(@Nullable DatabendPosition position) throws InterruptedException {
        ImportPlan plan = ImportPlan.of(check, position);
        before = position == null ? -1 : position.complete();
        findings.addAll(plan.findings());
        long lastLog = check.log().last().map(LogId::index).orElse(-1L);
        if (lastLog > check.end()) {
            notes.add("log entries " + (check.end() + 1) + " to " + lastLog
                    + " are not known to be committed: left out, until an export says that they are");
        }
        switch (plan.start()) {
            case NOTHING -> notes.add("ends at index " + check.end() + ", which the log has already");
            case BASE -> base(plan);
            case HISTORY -> history(plan);
            case JOIN -> join(plan, java.util.Objects.requireNonNull(position));
        }
        commits.settle();
        if (plan.start() != ImportPlan.Start.NOTHING && check.log().total().timeMs() > 0) {
            sink.observed(plan.to(), micros(check.log().upTo(plan.to()).timeMs()));
        }
        return new ImportReport(
                check.version().name(),
                before,
                Math.max(before, plan.to()),
                baseAt,
                commits.commits(),
                resumeAt(position),
                notes,
                findings);
    }

    private ByteString resumeAt(@Nullable DatabendPosition position) {
        DatabendPosition last = commits.position() == null ? position : commits.position();
        return last == null ? ByteString.EMPTY : last.bytes();
    }

    private void base(ImportPlan plan) throws InterruptedException {
        LogId applied = check.state().lastApplied().orElse(new LogId(0, 0));
        baseAt = applied.index();
        LogCommits log = new LogCommits(check, options, commits);
        CheckedCommits.Pieces pieces =
                commits.new Pieces(DatabendPosition.of(applied), before, timeAt(plan.after()), plan.gapReason());
        try (ImageView view = sink.image()) {
            new StateDiff(reader, check).run(view, new StateDiff.Differences() {
                @Override
                public void wanted(Entry entry) {
                    log.knows(entry);
                }

                @Override
                public void put(Entry wanted, @Nullable Entry present) throws InterruptedException {
                    pieces.add(Change.put(wanted.entryKey(), wanted.value(), wanted.meta()));
                }

                @Override
                public void delete(Entry present) throws InterruptedException {
                    pieces.add(Change.delete(present.entryKey()));
                }
            });
        }
        pieces.finish();
        if (plan.to() > plan.after()) {
            log.goOnFromImage();
            apply(log, plan.after() + 1, plan.to(), -1);
        }
    }

    /** The time of the base: that of the newest entry in it, or, where none is known, of the first after it. */
    private long timeAt(long index) {
        LogSummary log = check.log();
        long time = log.upTo(index).timeMs();
        return micros(time > 0 ? time : log.firstTimeMs());
    }

    private static long micros(long timeMs) {
        return timeMs > 0 ? timeMs * MICROS_PER_MILLI : CommitDraft.ABSENT;
    }

    private void history(ImportPlan plan) throws InterruptedException {
        long begin = check.log().first().map(LogId::index).orElse(0L);
        long applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
        if (applied >= begin) {
            String reason = new HistoryTrial(reader, check).run(begin, applied, options.historyBytesMax());
            if (!reason.isEmpty()) {
                (reason.startsWith(HistoryTrial.DIFFERS) ? findings : notes)
                        .add(reason + "; history begins at index " + applied);
                base(plan);
                return;
            }
        }
        LogCommits log = new LogCommits(check, options, commits);
        apply(log, begin, plan.to(), applied);
    }

    private void join(ImportPlan plan, DatabendPosition position) throws InterruptedException {
        LogCommits log = new LogCommits(check, options, commits);
        long applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
        if (applied == plan.after()) {
            reconcile(position);
        }
        if (plan.to() > plan.after()) {
            log.readImage();
            apply(log, plan.after() + 1, plan.to(), applied);
        }
    }

    /** Applies these entries, and looks at the export's own state where they come past it. */
    private void apply(LogCommits log, long from, long to, long stateAt) throws InterruptedException {
        try (log) {
            reader.read(
                    java.util.EnumSet.of(ExportReader.Part.RAFT),
                    log.visitor(from, to, () -> restartWhereWrong(log), stateAt));
        }
    }

    private void restartWhereWrong(LogCommits log) throws InterruptedException {
        if (reconcile(log.position())) {
            log.readImage();
        }
    }

    /** Holds the image against the export's state at the same entry; what differs is taken over, and said. Whether the replay was wrong. */
    private boolean reconcile(DatabendPosition position) throws InterruptedException {
        long at = position.index();
        CheckedCommits.Pieces pieces = commits.new Pieces(position, at, timeAt(at), "");
        Discrepancies found = new Discrepancies(pieces);
        try (ImageView view = sink.image()) {
            new StateDiff(reader, check).run(view, found);
        }
        if (pieces.any()) {
            pieces.finish();
            baseAt = at;
        }
        if (found.count() > 0) {
            findings.add(HistoryTrial.DIFFERS + " the export's own state at index " + at + " in " + found.say()
                    + "; the export's state was taken over");
        }
        return found.count() > 0;
    }
}
