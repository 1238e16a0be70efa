package io.metawal.connectors.risingwave.backup;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.hummock.Epochs;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.CommitSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One snapshot's changes as commits: one where they are few, else pieces of a base, the last of which is the restorable point. */
final class ImportCommits {
    private static final int UNACKNOWLEDGED_MAX = 8;

    /**
     * How large a commit may be.
     *
     * @param changesMax at least 1
     */
    record Limits(int changesMax, long bytesMax) {
        static final Limits DEFAULT = new Limits(10_000, 8 << 20);
    }

    private final CommitSink sink;
    private final Limits limits;
    private final long epoch;
    private final ByteString partPosition;
    private final ArrayDeque<CompletableFuture<CommitHeader>> unacknowledged = new ArrayDeque<>();
    private String gapReason;
    private boolean inPieces;
    private List<Change> piece = new ArrayList<>();
    private long pieceBytes;

    /** @param epoch 0 where it is not known */
    ImportCommits(CommitSink sink, Limits limits, long epoch, ByteString partPosition, String gapReason) {
        this.sink = sink;
        this.limits = limits;
        this.epoch = epoch;
        this.partPosition = partPosition;
        this.gapReason = gapReason;
    }

    void add(Change change) throws InterruptedException {
        long bytes = change.entryKey().key().size()
                + change.value().size()
                + change.meta().size()
                + 16L;
        if (!piece.isEmpty() && (piece.size() == limits.changesMax() || pieceBytes + bytes > limits.bytesMax())) {
            inPieces = true;
            commit(CommitKind.BASE_PART, partPosition);
            if (unacknowledged.size() > UNACKNOWLEDGED_MAX) {
                acknowledged();
            }
        }
        piece.add(change);
        pieceBytes += bytes;
    }

    /** The last commit of the snapshot, durable. */
    CommitHeader finish(CommitKind whole, ByteString position) throws InterruptedException {
        commit(inPieces ? CommitKind.BASE : whole, position);
        CommitHeader last = acknowledged();
        while (!unacknowledged.isEmpty()) {
            last = acknowledged();
        }
        return last;
    }

    private void commit(CommitKind kind, ByteString position) throws InterruptedException {
        CommitBody body = new CommitBody("", BackupImport.ORIGIN, position, gapReason, piece);
        boolean real = epoch != 0;
        unacknowledged.add(sink.commit(new CommitDraft(
                kind, real ? epoch : CommitDraft.ABSENT, real ? Epochs.timeMicros(epoch) : CommitDraft.ABSENT, body)));
        gapReason = "";
        piece = new ArrayList<>();
        pieceBytes = 0;
    }

    private CommitHeader acknowledged() throws InterruptedException {
        try {
            return unacknowledged.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetawalException typed) {
                throw typed;
            }
            throw new MetawalException(ExitCode.FAILED, "the log did not take a commit: " + e.getCause(), e);
        }
    }
}
