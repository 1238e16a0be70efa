package io.metawal.pitr.restore;

import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.replay.ScratchDirectory;
import io.metawal.storage.repository.History;
import java.util.function.LongConsumer;

/** The image that a plan leads to, replayed to disk and proven. Its temporary files go when it is closed. */
public final class ProvenImage implements AutoCloseable {
    private final RestorePlan plan;
    private final ScratchDirectory scratch;
    private final StagedEntries staged;

    private ProvenImage(RestorePlan plan, ScratchDirectory scratch, StagedEntries staged) {
        this.plan = plan;
        this.scratch = scratch;
        this.staged = staged;
    }

    static ProvenImage of(History history, RestorePlan plan, ReplayLimits limits, LongConsumer commitsReplayed) {
        ScratchDirectory scratch = ScratchDirectory.in(limits.scratch(), Restore.SCRATCH);
        boolean done = false;
        try {
            ProvenImage image = new ProvenImage(plan, scratch, staged(history, plan, limits, commitsReplayed, scratch));
            done = true;
            return image;
        } finally {
            if (!done) {
                scratch.close();
            }
        }
    }

    private static StagedEntries staged(
            History history,
            RestorePlan plan,
            ReplayLimits limits,
            LongConsumer commitsReplayed,
            ScratchDirectory scratch) {
        try (MergedEntries entries =
                new Replay(history.repository().store(), scratch.of(limits), commitsReplayed).run(plan)) {
            StagedEntries staged = StagedEntries.of(entries, scratch.path());
            prove(plan, entries.digest());
            staged.check();
            return staged;
        }
    }

    /** Fails unless entries with this digest are the image that was captured. */
    static void prove(RestorePlan plan, Digest actual) {
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

    /** Fails unless what a target was given is the image that was proven before; the target holds part of something else by then. */
    static void proveGiven(RestorePlan plan, Digest given) {
        Digest expected = plan.target().at().digest();
        if (!given.equals(expected)) {
            throw new MismatchException(
                    "the entries given to the target have digest " + given + ", but the proven image has " + expected
                            + ": the target holds a part of it, do not use it. Check this machine's memory and disk");
        }
    }

    public RestorePlan plan() {
        return plan;
    }

    /** The entries in order. A temporary file that changed since is a {@code MismatchException} before a changed entry is seen. */
    public EntryIterator entries() {
        return staged.read();
    }

    StagedEntries.Reading read() {
        return staged.read();
    }

    @Override
    public void close() {
        scratch.close();
    }
}
