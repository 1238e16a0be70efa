package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.SourceDifference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the commit up to which a source was equal that knows only the epoch of it, such as that of a Hummock version: in the reason of a gap its
 * seq is 0. Remembers the newest commits; where the epoch is of none of them, seq 0 stays, so that everything is in doubt, also where all that are remembered are at
 * the epoch: there may have been others before. For one thread.
 */
final class AgreedSeq {
    private static final int COMMITS_MAX = 4096;

    private final Deque<Taken> newest = new ArrayDeque<>();

    private record Taken(long epoch, CompletableFuture<CommitHeader> header) {}

    /** A commit was taken. */
    void taken(CommitDraft draft, CompletableFuture<CommitHeader> header) {
        newest.addLast(new Taken(draft.epoch(), header));
        if (newest.size() > COMMITS_MAX) {
            newest.removeFirst();
        }
    }

    /** The draft with the seq in its gap's reason, where it lacks one that is known. */
    CommitDraft completed(CommitDraft draft) {
        CommitBody body = draft.body();
        if (!body.afterGap()) {
            return draft;
        }
        SourceDifference found = SourceDifference.parse(body.gapReason()).orElse(null);
        if (found == null || found.agreed().seq() != 0 || found.agreed().epoch() == 0) {
            return draft;
        }
        long seq = seqOf(found.agreed().epoch());
        if (seq == 0) {
            return draft;
        }
        SourceDifference with = new SourceDifference(
                found.keys(), new SourceDifference.Agreed(seq, found.agreed().epoch()), found.first());
        String reason = body.gapReason().replace(found.toString(), with.toString());
        return new CommitDraft(
                draft.kind(),
                draft.clocks(),
                new CommitBody(body.actor(), body.origin(), body.sourcePosition(), reason, body.changes()));
    }

    /** Of the last commit before the epoch, which is sure: of those at the epoch some may be of versions that were not compared. */
    private long seqOf(long epoch) {
        long seq = 0;
        for (Taken each : newest) {
            if (each.epoch() > epoch) {
                return seq;
            }
            boolean known = each.header().isDone() && !each.header().isCompletedExceptionally();
            if (known && each.epoch() < epoch) {
                seq = each.header().join().seq();
            }
        }
        return seq;
    }
}
