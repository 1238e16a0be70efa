package io.metawal.metadata.port;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.ImageView;

/** What a capture has taken from its source so far, for those who compare it with the source. For any thread. */
public interface Captured {
    /** The image with every commit in it that was captured so far; waits for it. To be closed by the caller. */
    ImageView image() throws InterruptedException;

    /**
     * Waits until everything that the source had committed by now is captured.
     *
     * @return whether it is; false where the capture makes no progress
     */
    boolean catchUp() throws InterruptedException;

    /** Notes from now on which keys are committed, until it is closed. One at a time. */
    ChangedKeys watch();

    /** Keys that were committed since a moment. */
    interface ChangedKeys extends AutoCloseable {
        /** Whether a commit since then changed this key, or may have. */
        boolean contains(EntryKey key);

        /** Whether any key may have changed: a base was taken since, or so many keys changed that they are not told apart. */
        boolean all();

        @Override
        void close();
    }
}
