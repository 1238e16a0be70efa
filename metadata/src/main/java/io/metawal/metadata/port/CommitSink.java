package io.metawal.metadata.port;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.image.ImageView;
import java.util.concurrent.CompletableFuture;

/** Where a source puts what it captured. */
public interface CommitSink {
    /**
     * Takes the next commit; blocks while too much is in flight or the log is full, never drops. A draft that says nothing of
     * the time before it gets what was {@link #observed} last: its time is when it was seen, not when it happened.
     */
    CompletableFuture<CommitHeader> commit(CommitDraft draft) throws InterruptedException;

    /**
     * Says that up to this time, and up to this source epoch, the source had nothing but what was committed here: so that
     * a quiet minute is restorable too. The time must be that at which the source was asked, never that of its answer. What
     * was committed need not be durable yet.
     */
    void observed(long epoch, long timeMicros);

    /**
     * Up to which source epoch the source is known to have had nothing but what is in the log, by all that was {@link #observed} and
     * is kept; also by an earlier process. 0 where nothing is known.
     */
    default long observedEpoch() {
        return 0;
    }

    /** The image with every commit in it that this sink took; waits for it. To be closed by the caller. */
    ImageView image() throws InterruptedException;

    /** Reports that the image at this commit was compared with the source's own state, and is equal to it. */
    default void compared(SourceDifference.Agreed at) {}

    /** Where that was last so. */
    default SourceDifference.Agreed lastCompared() {
        return SourceDifference.Agreed.NEVER;
    }
}
