package io.metawal.metadata.port;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Position;
import java.util.concurrent.CompletableFuture;

/**
 * The hot log: commits in one order, durable, with one writer.
 *
 * <ul>
 *   <li>Seq is dense; a reader sees whole commits, and only durable ones (I1).
 *   <li>What was acknowledged is there after a crash, or opening the log fails and names it (I3).
 *   <li>Safe for several threads; the order of {@link #append} calls of one thread is kept.
 * </ul>
 */
public interface MetadataLog extends AutoCloseable {
    /**
     * Gives the draft its place and completes once it is durable. Blocks while too much is in flight. Fails, without
     * having taken the draft, when the log has reached its bound on disk (I11) or is closed.
     */
    CompletableFuture<CommitHeader> append(CommitDraft draft);

    /** Where the durable log ends. */
    Position head();

    /** The oldest seq that can still be read; one past the head where the log holds nothing. */
    long firstSeq();

    /** Reads from {@code fromSeq} on, which must be from {@link #firstSeq()} to one past the head. */
    LogReader read(long fromSeq);

    /** Lets go of commits before {@code seq}; how much is freed, and when, is the log's affair. */
    void trimBefore(long seq);

    /** Bytes that the log holds on disk. */
    long bytesOnDisk();

    @Override
    void close();
}
