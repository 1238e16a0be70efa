package io.metawal.metadata.port;

import io.metawal.metadata.image.Entry;

/**
 * Where a restored image goes. Called in this order: {@link #prepare}, {@link #write} for each entry in key order,
 * {@link #publish}, {@link #close}. Closed without being published, it leaves nothing behind, or says what it left and how to go on.
 */
public interface RestoreTarget extends AutoCloseable {
    String describe();

    /**
     * Whether nothing can be seen at the target before {@link #publish}. Where that is false, the caller proves the whole
     * image before it writes the first entry.
     */
    boolean staged();

    /** As {@link #prepare} refuses, without leaving anything there: asked first of a target that is not staged. */
    default void check(RestorePoint point) {}

    /** Refuses a target that holds anything, but for an unfinished restore of the same point, which is resumed. */
    void prepare(RestorePoint point);

    void write(Entry entry);

    /** Makes visible what was written, reads it back where that is possible, and reports. */
    RestoreReport publish();

    @Override
    void close();
}
