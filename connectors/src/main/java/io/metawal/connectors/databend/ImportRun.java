package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.export.LogSummary;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One import of one export that was found sound. */
final class ImportRun {
    private static final long MICROS_PER_MILLI = 1000;
    private static final EntryKey LAST_APPLIED = EntryKey.of(DatabendSpaces.LAST_APPLIED.name(), "LastApplied");

    private final ExportReader reader;
    private final ExportCheck check;
    private final ImportOptions options;
    private final CheckedSink commits;
    private final CommitSink sink;
    private final List<String> notes = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private long baseAt = -1;
    private long before = -1;
    private @Nullable Kinship kinship;
    private @Nullable DatabendPosition reached;

    ImportRun(ExportReader reader, ExportCheck check, ImportOptions options, CommitSink sink) {
        this.reader = reader;
        this.check = check;
        this.options = options;
        this.sink = sink;
        this.commits = new CheckedSink(sink);
    }

    /** Looks whether this export may be imported, and what is to be done; nothing is given to the sink yet. */
    ImportPlan plan(@Nullable DatabendPosition position) throws InterruptedException {
        ExportSoundness soundness = new ExportSoundness(reader, check);
        soundness.checkEnd();
        ImportPlan plan;
        try (ImageView view = sink.image()) {
            boolean empty = view.provenance().digest().count() == 0;
            if (!empty && position == null && view.find(LAST_APPLIED) == null) {
                throw new SourceChangedException(
                        "the log holds " + view.provenance().digest().count()
                                + " entries that no import of Databend's made: " + check.file()
                                + " has no place in it. Nothing was imported; use a repository of its own for it");
            }
            plan = ImportPlan.of(check, position, empty);
            if (!empty && check.state().any()) {
                kinship = soundness.kinship(view, position);
                kinship.refuse();
            }
        }
        return plan.start() == ImportPlan.Start.HISTORY ? tried(plan) : plan;
    }

    /** History only where the log, replayed, leads to the export's state. */
    private ImportPlan tried(ImportPlan plan) throws InterruptedException {
        long begin = check.log().first().map(LogId::index).orElse(0L);
        long applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
        if (applied < begin) {
            return plan;
        }
        String reason =
                new HistoryTrial(reader, check, options.rules(check)).run(begin, applied, options.historyBytesMax());
        if (reason.isEmpty()) {
            return plan;
        }
        (reason.startsWith(HistoryTrial.DIFFERS) ? findings : notes)
                .add(reason + "; history begins at index " + applied);
        return new ImportPlan(ImportPlan.Start.BASE, plan.after(), plan.to(), plan.gapReason(), plan.findings());
    }

    ImportReport run(ImportPlan plan, @Nullable DatabendPosition position) throws InterruptedException {
        before = position == null ? -1 : position.complete();
        reached = position;
        findings.addAll(plan.findings());
        long lastLog = check.log().last().map(LogId::index).orElse(-1L);
        if (lastLog > check.end()) {
            notes.add("log entries " + (check.end() + 1) + " to " + lastLog
                    + " are not known to be committed: left out, until an export says that they are");
        }
        switch (plan.start()) {
            case NOTHING -> {
                notes.add("ends at index " + check.end() + ", which the log has already");
                heal(position);
            }
            case BASE -> {
                Optional.ofNullable(kinship)
                        .flatMap(Kinship::damage)
                        .ifPresent(damage -> findings.add("the log was wrong at index " + before + " in " + damage
                                + "; the export's state at index " + plan.after() + " was taken over"));
                Optional.ofNullable(kinship).flatMap(Kinship::doubt).ifPresent(findings::add);
                base(plan);
            }
            case HISTORY -> history(plan);
            case JOIN -> join(plan, Objects.requireNonNull(position));
        }
        commits.settle();
        boolean nothing = plan.start() == ImportPlan.Start.NOTHING && commits.commits() == 0;
        if (!nothing && check.log().total().timeMs() > 0) {
            sink.observed(plan.to(), micros(check.log().upTo(plan.to()).timeMs()));
        }
        return new ImportReport(
                check.version().name(),
                before,
                Math.max(before, plan.to()),
                baseAt,
                commits.commits(),
                reached == null ? ByteString.EMPTY : reached.bytes(),
                notes,
                findings);
    }

    private void base(ImportPlan plan) throws InterruptedException {
        LogId applied = check.state().lastApplied().orElse(LogId.FIRST);
        baseAt = applied.index();
        LogCommits log = new LogCommits(check, options, commits);
        DatabendPosition position = DatabendPosition.of(applied);
        BaseCommits pieces = new BaseCommits(place(position, before, timeAt(plan.after()), plan.gapReason()), commits);
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
        reached = position;
        if (plan.to() > plan.after()) {
            log.goOnFromImage();
            apply(log, plan.after() + 1, plan.to(), -1);
        }
    }

    /** @param after the entry that the log was complete at before; -1 for none */
    private static BaseCommits.Place place(DatabendPosition at, long after, long timeMicros, String gapReason) {
        return new BaseCommits.Place(
                DatabendImport.ORIGIN, at.index(), timeMicros, at.inBase(after).bytes(), at.bytes(), gapReason);
    }

    /** What is taken over at an entry that the log has; after a gap where the log was wrong there. */
    private BaseCommits correction(DatabendPosition at, Discrepancies found) {
        String reason = found.count() == 0
                ? ""
                : new SourceDifference(found.count(), sink.lastCompared(), found.first()).toString();
        return new BaseCommits(place(at, at.index(), timeAt(at.index()), reason), commits);
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
        LogCommits log = new LogCommits(check, options, commits);
        apply(log, begin, plan.to(), applied);
    }

    private void join(ImportPlan plan, DatabendPosition position) throws InterruptedException {
        LogCommits log = new LogCommits(check, options, commits);
        long applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
        if (applied == plan.after()) {
            reconcile(position);
        } else if (applied < plan.after()) {
            heal(position);
        }
        if (plan.to() > plan.after()) {
            log.readImage();
            apply(log, plan.after() + 1, plan.to(), applied);
        }
    }

    /**
     * Where the image cannot be what the export's state and log lead to, what they do lead to at the same entry is taken over. It is made
     * on disk, beside the log.
     */
    private void heal(@Nullable DatabendPosition position) throws InterruptedException {
        String damage = kinship == null ? "" : kinship.damage().orElse("");
        if (position != null && kinship != null && kinship.agrees()) {
            agree(position);
        }
        if (position == null || damage.isEmpty()) {
            return;
        }
        long at = position.index();
        long applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
        if (applied < 0 || applied > at || check.end() < at) {
            findings.add("the log is wrong at index " + at + " in " + damage
                    + "; this export does not reach that index: import a newer one");
            return;
        }
        Discrepancies found = new Discrepancies(null);
        try (ScratchImage scratch = ScratchImage.open();
                ImageView view = sink.image()) {
            var right = new ImportRun(
                    reader,
                    check,
                    new ImportOptions(ImportOptions.LogText.LEFT_OUT, 0, options.changedBytesMax(), options.release()),
                    scratch);
            right.base(new ImportPlan(ImportPlan.Start.BASE, applied, at, "", List.of()));
            right.commits.settle();
            try (ImageView wanted = scratch.image()) {
                ImageDiff.run(wanted, view, found);
                if (found.any()) {
                    BaseCommits pieces = correction(position, found);
                    ImageDiff.run(wanted, view, new Discrepancies(pieces));
                    pieces.finish();
                    baseAt = at;
                }
            }
        }
        findings.add("the log was wrong at index " + at + " in " + damage
                + ": an export that it was filled from was not whole."
                + " What this export leads to there was taken over, " + found.say()
                + "; points before may lack the same, back to where that export was imported");
    }

    /** The image is what the export's state, of an earlier entry or the same, and the log after it lead to. */
    private void agree(DatabendPosition position) throws InterruptedException {
        long applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
        try (ImageView view = sink.image()) {
            // An entry is a commit, so that the one of that entry is not before this.
            long seq = view.provenance().seq() - Math.max(0, position.index() - applied);
            if (applied >= 0 && seq > sink.lastCompared().seq()) {
                sink.compared(new SourceDifference.Agreed(seq, applied));
            }
        }
    }

    /** Applies these entries, and looks at the export's own state where they come past it. */
    private void apply(LogCommits log, long from, long to, long stateAt) throws InterruptedException {
        try (log) {
            reader.read(
                    EnumSet.of(ExportReader.Part.RAFT), log.visitor(from, to, () -> restartWhereWrong(log), stateAt));
            reached = log.position() == null ? reached : log.position();
        }
    }

    private void restartWhereWrong(LogCommits log) throws InterruptedException {
        if (reconcile(Objects.requireNonNull(log.position()))) {
            log.readImage();
        }
    }

    /** Holds the image against the export's state at the same entry; what differs is taken over, and said. Whether the replay was wrong. */
    private boolean reconcile(DatabendPosition position) throws InterruptedException {
        long at = position.index();
        Discrepancies found = new Discrepancies(null);
        try (ImageView view = sink.image()) {
            new StateDiff(reader, check).run(view, found);
            if (found.any()) {
                BaseCommits pieces = correction(position, found);
                new StateDiff(reader, check).run(view, new Discrepancies(pieces));
                pieces.finish();
                baseAt = at;
            }
            if (found.count() == 0) {
                sink.compared(new SourceDifference.Agreed(view.provenance().seq(), at));
            }
        }
        if (found.count() > 0) {
            findings.add(HistoryTrial.DIFFERS + " the export's own state at index " + at + " in " + found.say()
                    + "; the export's state was taken over");
        }
        return found.count() > 0;
    }
}
