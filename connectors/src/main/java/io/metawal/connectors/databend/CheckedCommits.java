package io.metawal.connectors.databend;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Commits of one import: each after a look whether an earlier one failed; bases in pieces. */
final class CheckedCommits {
    private static final int PIECE_CHANGES_MAX = 10_000;
    private static final long PIECE_BYTES_MAX = 8 << 20;

    private final CommitSink sink;
    private volatile @Nullable Throwable failure;
    private CompletableFuture<CommitHeader> last = CompletableFuture.completedFuture(null);
    private long commits;
    private @Nullable DatabendPosition position;

    CheckedCommits(CommitSink sink) {
        this.sink = sink;
    }

    long commits() {
        return commits;
    }

    void commit(CommitKind kind, DatabendPosition at, long timeMicros, String gapReason, List<Change> changes)
            throws InterruptedException {
        check();
        CommitBody body = new CommitBody("", DatabendImport.ORIGIN, at.bytes(), gapReason, changes);
        last = sink.commit(new CommitDraft(kind, at.index(), timeMicros, body));
        commits++;
        position = at;
        var unused = last.whenComplete((header, thrown) -> {
            if (thrown != null && failure == null) {
                failure = thrown;
            }
        });
    }

    /** Behind the last commit; null where none was given. */
    @Nullable
    DatabendPosition position() {
        return position;
    }

    ImageView image() throws InterruptedException {
        return sink.image();
    }

    /** Waits for all that was given, and throws what one of them failed with. */
    void settle() {
        try {
            last.join();
        } catch (CompletionException e) {
            failure = failure == null ? e : failure;
        }
        check();
    }

    private void check() {
        Throwable thrown = failure;
        if (thrown == null) {
            return;
        }
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof MetawalException typed) {
            throw typed;
        }
        throw new MetawalException(ExitCode.FAILED, "the log did not take a commit: " + cause, cause);
    }

    /** A base in pieces; what was given before {@link Pieces#finish} does not count without it. */
    final class Pieces {
        private final DatabendPosition position;
        private final long after;
        private final long timeMicros;
        private String gapReason;
        private List<Change> piece = new ArrayList<>();
        private long bytes;
        private boolean any;

        /** @param after the entry that the log was complete at before; -1 for none */
        Pieces(DatabendPosition position, long after, long timeMicros, String gapReason) {
            this.position = position;
            this.after = after;
            this.timeMicros = timeMicros;
            this.gapReason = gapReason;
        }

        void add(Change change) throws InterruptedException {
            long size = change.entryKey().key().size()
                    + change.value().size()
                    + change.meta().size()
                    + 16L;
            if (!piece.isEmpty() && (piece.size() == PIECE_CHANGES_MAX || bytes + size > PIECE_BYTES_MAX)) {
                commit(CommitKind.BASE_PART, position.inBase(after));
            }
            piece.add(change);
            bytes += size;
            any = true;
        }

        boolean any() {
            return any;
        }

        void finish() throws InterruptedException {
            commit(CommitKind.BASE, position);
        }

        private void commit(CommitKind kind, DatabendPosition at) throws InterruptedException {
            CheckedCommits.this.commit(kind, at, timeMicros, gapReason, piece);
            gapReason = "";
            piece = new ArrayList<>();
            bytes = 0;
        }
    }
}
