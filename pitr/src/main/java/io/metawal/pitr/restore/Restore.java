package io.metawal.pitr.restore;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.repository.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Plan, replay, proof, target (I4).
 *
 * <ul>
 *   <li>The plan is known to be possible before the target is touched.
 *   <li>The digest of what was replayed must be the one recorded when the commit was captured, before anything can be seen at
 *       the target.
 *   <li>A damaged snapshot is passed over for an older one; damage in the log itself is a failure.
 * </ul>
 */
public final class Restore {
    private final History history;
    private final ReplayLimits limits;
    private final Progress progress;
    private final LongSupplier nanos;

    /** Told of what is done, by several threads. */
    public interface Progress {
        void planned(RestorePlan plan);

        LongConsumer commitsReplayed();

        LongConsumer entriesWritten();

        Progress NONE = new Progress() {
            @Override
            public void planned(RestorePlan plan) {}

            @Override
            public LongConsumer commitsReplayed() {
                return any -> {};
            }

            @Override
            public LongConsumer entriesWritten() {
                return any -> {};
            }
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
        RestorePlan plan = planner.plan(ref, exclusive);
        long start = nanos.getAsLong();
        while (true) {
            progress.planned(plan);
            try (RestoreTarget target = targets.get()) {
                RestoreReport report = run(plan, target);
                long millis = (nanos.getAsLong() - start) / 1_000_000;
                return new RestoreResult(plan, plan.target().at().digest(), report, millis);
            } catch (CorruptException | MismatchException e) {
                if (!RestorePlanner.blamesBase(plan, e)) {
                    throw e;
                }
                plan = planner.without(plan, e, ref, exclusive);
            }
        }
    }

    /** Runs a plan as it was printed. */
    public RestoreReport run(RestorePlan plan, RestoreTarget target) {
        RestorePoint point = new RestorePoint(
                history.repository().identity().cluster(), plan.target().at());
        if (target.staged()) {
            target.prepare(point);
        } else {
            target.check(point);
        }
        Path scratch = scratch();
        ReplayLimits here = new ReplayLimits(limits.threads(), limits.memoryBytes(), scratch);
        try (MergedEntries entries =
                new Replay(history.repository().store(), here, progress.commitsReplayed()).run(plan)) {
            LongConsumer written = progress.entriesWritten();
            if (target.staged()) {
                while (entries.hasNext()) {
                    target.write(entries.next());
                    written.accept(1);
                }
                prove(plan, entries.digest());
            } else {
                StagedEntries staged = StagedEntries.of(entries, scratch);
                prove(plan, entries.digest());
                target.prepare(point);
                staged.forEach(entry -> {
                    target.write(entry);
                    written.accept(1);
                });
            }
            return target.publish();
        } finally {
            remove(scratch);
        }
    }

    private static void prove(RestorePlan plan, Digest actual) {
        Digest expected = plan.target().at().digest();
        if (!actual.equals(expected)) {
            String base = plan.base() == null
                    ? "nothing"
                    : "snapshot " + plan.base().id() + " (" + plan.base().id().prefix() + ")";
            throw new MismatchException(
                    "the image replayed to seq " + plan.target().seq() + " from " + base
                            + " has digest " + actual + ", but " + expected
                            + " was recorded when the commit was captured: nothing was restored; run `metawal verify --level"
                            + " replay`");
        }
    }

    private Path scratch() {
        try {
            return Files.createTempDirectory(limits.scratch(), "metawal-restore-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a scratch directory in " + limits.scratch(), e);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }
}
