package io.metawal.pitr.restore;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.replay.ScratchDirectory;
import io.metawal.storage.repository.History;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Plan, replay, proof, target (I4).
 *
 * <ul>
 *   <li>The plan is known to be possible before the target is touched.
 *   <li>The digest of what the target is given, summed up after the last temporary file in between, must be the one recorded when the
 *       commit was captured, before anything counts at the target.
 *   <li>The target compares what it holds with what it was given; see {@link RestoreTarget#publish(Runnable)}.
 *   <li>A damaged snapshot is skipped for an older one; damage in the log itself is a failure.
 * </ul>
 */
public final class Restore {
    static final String SCRATCH = "restore";

    private static final int DIFFERENCES_SHOWN = 5;

    private final History history;
    private final ReplayLimits limits;
    private final Progress progress;
    private final LongSupplier nanos;

    /** Takes reports of what is done, from several threads. */
    public interface Progress {
        void planned(RestorePlan plan);

        LongConsumer commitsReplayed();

        /** @param entries that are going to be written, or examined for a plan */
        LongConsumer entriesWritten(long entries);

        /** All entries are written: what is left is the target's own last step, such as reading them back. */
        void publishing();

        Progress NONE = new Progress() {
            @Override
            public void planned(RestorePlan plan) {}

            @Override
            public LongConsumer commitsReplayed() {
                return any -> {};
            }

            @Override
            public LongConsumer entriesWritten(long entries) {
                return any -> {};
            }

            @Override
            public void publishing() {}
        };
    }

    public Restore(History history, ReplayLimits limits, Progress progress, LongSupplier nanos) {
        this.history = history;
        this.limits = limits;
        this.progress = progress;
        this.nanos = nanos;
    }

    /** @param targets opens the target; asked again after a damaged base */
    public RestoreResult run(Ref ref, boolean exclusive, Instant now, Supplier<RestoreTarget> targets) {
        RestorePlanner planner = new RestorePlanner(history, now);
        return run(planner, planner.plan(ref, exclusive), targets);
    }

    /**
     * Runs a plan.
     *
     * @param planner that made it; asked for another one after a damaged base
     * @param targets opens the target; asked again after a damaged base
     */
    public RestoreResult run(RestorePlanner planner, RestorePlan plan, Supplier<RestoreTarget> targets) {
        return carriedOut(planner, plan, targets, this::run);
    }

    /** Goes through a plan as {@link #run} does, with the same refusals, and writes nothing at the target. */
    public RestoreResult rehearse(RestorePlanner planner, RestorePlan plan, Supplier<RestoreTarget> targets) {
        return carriedOut(planner, plan, targets, this::rehearse);
    }

    private RestoreResult carriedOut(
            RestorePlanner planner,
            RestorePlan first,
            Supplier<RestoreTarget> targets,
            BiFunction<RestorePlan, RestoreTarget, RestoreReport> steps) {
        long start = nanos.getAsLong();
        return withSoundBase(planner, first, plan -> {
            try (RestoreTarget target = targets.get()) {
                RestoreReport report = steps.apply(plan, target);
                long millis = (nanos.getAsLong() - start) / 1_000_000;
                return new RestoreResult(plan, plan.target().at().digest(), report, target.readsBack(), millis);
            }
        });
    }

    /** The image at a point, proven, to be looked at; on disk until it is closed. */
    public ProvenImage image(Ref ref, Instant now) {
        RestorePlanner planner = new RestorePlanner(history, now);
        return withSoundBase(
                planner,
                planner.plan(ref, false),
                plan -> ProvenImage.of(history, plan, limits, progress.commitsReplayed()));
    }

    private <T> T withSoundBase(RestorePlanner planner, RestorePlan first, Function<RestorePlan, T> work) {
        RestorePlan plan = first;
        while (true) {
            progress.planned(plan);
            try {
                return work.apply(plan);
            } catch (CorruptException | MismatchException e) {
                if (!RestorePlanner.blamesBase(plan, e)) {
                    throw e instanceof CorruptException damage ? planner.withNearest(plan, damage) : e;
                }
                plan = planner.without(plan, e);
            }
        }
    }

    /** Runs a plan as it was printed. */
    public RestoreReport run(RestorePlan plan, RestoreTarget target) {
        RestorePoint point = point(plan);
        return target.staged() ? stagedThere(plan, target, point) : stagedHere(plan, target, point);
    }

    /** The target hides what it is given until it is published, by when it is proven. */
    private RestoreReport stagedThere(RestorePlan plan, RestoreTarget target, RestorePoint point) {
        target.prepare(point);
        replayed(plan, target::write);
        // All temporary files are closed by now: once it is published, nothing is left that can fail.
        progress.publishing();
        return target.publish();
    }

    private void replayed(RestorePlan plan, Consumer<Entry> to) {
        try (ScratchDirectory scratch = ScratchDirectory.in(limits.scratch(), SCRATCH);
                MergedEntries entries = new Replay(
                                history.repository().store(), scratch.of(limits), progress.commitsReplayed())
                        .run(plan)) {
            show(plan, entries, to);
            ProvenImage.prove(plan, entries.digest());
        }
    }

    /** The target shows what it is given: it gets the first entry when all of them are proven, and the last is summed up with the others. */
    private RestoreReport stagedHere(RestorePlan plan, RestoreTarget target, RestorePoint point) {
        target.check(point);
        try (ProvenImage image = ProvenImage.of(history, plan, limits, progress.commitsReplayed())) {
            examine(plan, image, target);
            var unused = target.ready();
            target.prepare(point);
            try (StagedEntries.Reading entries = image.read()) {
                show(plan, entries, target::write);
                ProvenImage.proveGiven(plan, entries.given());
            }
            progress.publishing();
            return published(target, image);
        }
    }

    private RestoreReport rehearse(RestorePlan plan, RestoreTarget target) {
        target.check(point(plan));
        if (target.staged()) {
            replayed(plan, target::examine);
        } else {
            try (ProvenImage image = ProvenImage.of(history, plan, limits, progress.commitsReplayed())) {
                examine(plan, image, target);
            }
        }
        return target.ready();
    }

    private void examine(RestorePlan plan, ProvenImage image, RestoreTarget target) {
        try (EntryIterator entries = image.entries()) {
            show(plan, entries, target::examine);
        }
    }

    private RestorePoint point(RestorePlan plan) {
        return new RestorePoint(
                history.repository().identity().cluster(), plan.target().at());
    }

    /** A target that does not hold what it was given is asked which keys differ. */
    private static RestoreReport published(RestoreTarget target, ProvenImage image) {
        try {
            return target.publish();
        } catch (MismatchException e) {
            List<String> keys;
            try (EntryIterator entries = image.entries()) {
                keys = target.differences(entries, DIFFERENCES_SHOWN);
            } catch (RuntimeException unknown) {
                // That it differs is what counts, whether or not the target can say where.
                e.addSuppressed(unknown);
                throw e;
            }
            throw keys.isEmpty()
                    ? e
                    : new MismatchException(e.text() + ". What differs: " + String.join(", ", keys), e);
        }
    }

    private void show(RestorePlan plan, EntryIterator entries, Consumer<Entry> to) {
        LongConsumer shown = progress.entriesWritten(plan.target().at().digest().count());
        while (entries.hasNext()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while the entries were restored");
            }
            to.accept(entries.next());
            shown.accept(1);
        }
    }
}
