package io.metawal.metadata.port;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.List;

/**
 * The place that a restored image goes to.
 *
 * <ul>
 *   <li>A plan calls {@link #check}, {@link #examine} for each entry in key order, {@link #ready}, {@link #close}. It changes
 *       nothing at the target, and it refuses whatever the run would refuse, with the same exit code.
 *   <li>A run into a staged target calls {@link #prepare}, {@link #write} for each entry in key order, {@link #publish},
 *       {@link #close}.
 *   <li>A run into a target that is not staged takes the steps of the plan first, and then those of the run.
 * </ul>
 *
 * <p>Closed without being published, it leaves nothing behind, or reports what it left and how to resume.
 */
public interface RestoreTarget extends AutoCloseable {
    String describe();

    /**
     * Whether nothing can be seen at the target before {@link #publish}. Where that is false, the caller proves the whole
     * image before it writes the first entry.
     */
    boolean staged();

    /** Whether {@link #publish} reads back what was written. */
    default boolean readsBack() {
        return true;
    }

    /** Refuses what {@link #prepare} refuses, without leaving anything there. */
    void check(RestorePoint point);

    /** Refuses an entry that {@link #write} or {@link #publish} would refuse. Uses temporary files, and never the target. */
    void examine(Entry entry);

    /**
     * Refuses what {@link #publish} would refuse, once all entries were examined.
     *
     * @return what the run would report, as far as it can be known before it
     */
    RestoreReport ready();

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
