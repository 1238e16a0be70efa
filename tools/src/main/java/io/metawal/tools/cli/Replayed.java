package io.metawal.tools.cli;

import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.Restore;
import io.metawal.storage.repository.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** The image at a point, for looking at it: streamed, and proven once it has been looked at to its end. */
final class Replayed implements AutoCloseable {
    private final RestorePlan plan;
    private final Path scratch;
    private final MergedEntries entries;

    private Replayed(RestorePlan plan, Path scratch, MergedEntries entries) {
        this.plan = plan;
        this.scratch = scratch;
        this.entries = entries;
    }

    /** As a stream, whose end {@link #prove} must be called at. */
    static Replayed open(History history, Ref ref, Instant now) {
        RestorePlan plan = new RestorePlanner(history, now).plan(ref, false);
        try {
            Path scratch = Files.createTempDirectory("metawal-look-");
            ReplayLimits limits = ReplayLimits.of(scratch);
            return new Replayed(plan, scratch, new Replay(history.repository().store(), limits, any -> {}).run(plan));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a scratch directory", e);
        }
    }

    /** Shows every entry; by way of a restore, so that a damaged snapshot is passed over. */
    static ResolvedPoint look(History history, Ref ref, Instant now, Consumer<Entry> look) {
        Path scratch = Path.of(System.getProperty("java.io.tmpdir"));
        return new Restore(history, ReplayLimits.of(scratch), Restore.Progress.NONE, System::nanoTime)
                .run(ref, false, now, () -> new Looking(look))
                .plan()
                .target();
    }

    ResolvedPoint point() {
        return plan.target();
    }

    MergedEntries entries() {
        return entries;
    }

    void prove() {
        if (!entries.digest().equals(plan.target().at().digest())) {
            throw new MismatchException(
                    "the image replayed to seq " + plan.target().seq() + " has digest " + entries.digest()
                            + ", expected " + plan.target().at().digest() + ": run `metawal verify`");
        }
    }

    @Override
    public void close() {
        entries.close();
        try {
            Files.deleteIfExists(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + scratch, e);
        }
    }

    private record Looking(Consumer<Entry> look) implements RestoreTarget {
        @Override
        public String describe() {
            return "a look";
        }

        /** Nothing is kept, but what is shown should be proven: so it is proven first. */
        @Override
        public boolean staged() {
            return false;
        }

        @Override
        public void prepare(RestorePoint point) {}

        @Override
        public void write(Entry entry) {
            look.accept(entry);
        }

        @Override
        public RestoreReport publish() {
            return new RestoreReport(0, 0, List.of());
        }

        @Override
        public void close() {}
    }
}
