package io.metawal.connectors.capture;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The sink, asked after every commit whether an earlier one failed: then nothing that follows may be given to it. */
public final class CheckedSink {
    private final CommitSink sink;
    private volatile @Nullable Throwable failure;
    private CompletableFuture<CommitHeader> last = CompletableFuture.completedFuture(null);
    private long commits;

    public CheckedSink(CommitSink sink) {
        this.sink = sink;
    }

    public void commit(CommitDraft draft) throws InterruptedException {
        check();
        last = sink.commit(draft);
        commits++;
        var unused = last.whenComplete((header, thrown) -> {
            if (thrown != null && failure == null) {
                failure = thrown;
            }
        });
    }

    /** As of the port. */
    public ImageView image() throws InterruptedException {
        return sink.image();
    }

    /** As of the port. */
    public long observedEpoch() {
        return sink.observedEpoch();
    }

    /** As of the port. */
    public void compared(SourceDifference.Agreed at) {
        sink.compared(at);
    }

    /** As of the port. */
    public SourceDifference.Agreed lastCompared() {
        return sink.lastCompared();
    }

    /** Throws what an earlier commit failed with. */
    public void check() {
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

    /** Waits until all that was given is durable; throws what one of them failed with. The last; null where none was given. */
    public @Nullable CommitHeader settle() throws InterruptedException {
        CommitHeader header = null;
        try {
            header = last.get();
        } catch (ExecutionException e) {
            failure = failure == null ? e.getCause() : failure;
        }
        check();
        return header;
    }

    /** Number of commits that were given. */
    public long commits() {
        return commits;
    }

    /** What became of the commit that was given last; one without a header where none was given yet. */
    public CompletableFuture<CommitHeader> last() {
        return last;
    }

    /** Whether all that was given to the sink is durable. */
    public boolean settled() {
        return last.isDone();
    }
}
