package io.metawal.metadata.image;

import io.metawal.metadata.commit.Commit;
import org.jspecify.annotations.Nullable;

/**
 * The state at a commit: a fold over the log, and nothing else changes it. One thread applies; views may be taken by the
 * same thread and read by any.
 *
 * <p>A durable image resumes after a crash at a commit it had applied (not necessarily the last): its provenance, its
 * digest and its entries always agree.
 */
public interface Image extends AutoCloseable {
    Provenance provenance();

    /**
     * Applies the next commit, whole, and returns the digest after it. A commit that is not the next one (its seq is not
     * the provenance's plus one, or it is of another timeline) is refused with {@code MismatchException}; see
     * {@link Provenance#on} for how an image goes on in a new timeline.
     */
    Digest apply(Commit commit);

    /** The digest after an earlier commit, for as long as it is remembered; null where it is not. */
    @Nullable
    Digest digestAt(long seq);

    /** Digests of commits before {@code seq} are not needed any more. */
    void forgetDigestsBefore(long seq);

    ImageView view();

    /**
     * Replaces everything by these sorted entries, at this provenance: a base loaded, or a timeline taken up. Entries that do not
     * have the provenance's digest are refused with {@code MismatchException}, and the image stays as it was.
     */
    void load(Provenance provenance, EntryIterator entries);

    @Override
    void close();
}
