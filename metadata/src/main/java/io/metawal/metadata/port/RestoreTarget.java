package io.metawal.metadata.port;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.List;

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

    /**
     * Reads back what was written, where that is possible, compares it with what was given, and makes it visible.
     *
     * @param beforeVisible run once, when everything is written and was compared, before any of it counts as restored at the target
     * @throws io.metawal.metadata.fault.MismatchException where the target, or a temporary file on the way to it, does not hold what
     *     was given; nothing is visible then
     */
    RestoreReport publish(Runnable beforeVisible);

    /** As {@link #publish(Runnable)}, with nothing to be done before. */
    default RestoreReport publish() {
        return publish(() -> {});
    }

    /**
     * Which keys differ at the target from what was given, for the message of a {@link #publish} that failed; empty where it cannot say.
     *
     * @param given what was written, again
     * @param keysMax of them at most
     */
    default List<String> differences(EntryIterator given, int keysMax) {
        return List.of();
    }

    @Override
    void close();
}
