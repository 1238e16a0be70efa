package io.metawal.wal.archive;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.format.EncodedSegment;
import java.util.function.Supplier;

/** Hears of what was archived, on the archiver's thread. */
public interface ArchiveListener {
    /**
     * A segment is in the repository.
     *
     * @param decodeNanos how long reading it back took, for the estimate of replay
     * @param image a view of the image at the segment's end; to be closed by whoever takes it
     */
    void archived(EncodedSegment segment, long decodeNanos, Supplier<ImageView> image);

    /** As {@link #archived}, where the image has later commits already: there is no view of it at the segment's end. */
    default void archivedWithoutView(EncodedSegment segment, long decodeNanos) {}

    /** The store does not take a segment or a head; it is tried again. */
    void failing(RuntimeException cause);

    /** A commit, not archived yet, has another time than its clock said. */
    default void clamped(CommitHeader commit) {}

    /** After {@link #failing}: the store has taken all that was due. */
    default void answering() {}

    ArchiveListener NONE = new ArchiveListener() {
        @Override
        public void archived(EncodedSegment segment, long decodeNanos, Supplier<ImageView> image) {}

        @Override
        public void failing(RuntimeException cause) {}
    };
}
