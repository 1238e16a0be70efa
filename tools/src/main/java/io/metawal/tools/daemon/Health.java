package io.metawal.tools.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether capture does what it promises. Pure.
 *
 * @param lagMax how long a commit may wait to be archived
 * @param silenceMax how long nothing may be heard of the source
 */
public record Health(Duration lagMax, Duration silenceMax) {
    public static final Health DEFAULT = new Health(Duration.ofSeconds(60), Duration.ofSeconds(60));

    /**
     * What is known at one moment.
     *
     * @param unarchived commits that are not archived yet
     * @param archiveIdle since the archive last came forward
     * @param sourceSilent since the source was last heard of
     * @param storeFailure why the store takes nothing; null while it does
     * @param logFull whether the log has reached its bound
     * @param gaps recorded since the start
     * @param differences found by the last comparison of the image with the source
     */
    public record Signs(
            long unarchived,
            Duration archiveIdle,
            Duration sourceSilent,
            @Nullable String storeFailure,
            boolean logFull,
            long gaps,
            long differences) {}

    /** What is wrong, a line each; empty where nothing is. */
    public List<String> complaints(Signs signs) {
        List<String> complaints = new ArrayList<>();
        if (signs.logFull()) {
            complaints.add("full: the hot log has reached its bound, nothing more is captured");
        }
        if (signs.unarchived() > 0 && signs.archiveIdle().compareTo(lagMax) > 0) {
            complaints.add("lag: " + signs.unarchived() + " commits are not archived, and none was for "
                    + signs.archiveIdle().toSeconds() + " s"
                    + (signs.storeFailure() == null ? "" : ": " + signs.storeFailure()));
        }
        if (signs.sourceSilent().compareTo(silenceMax) > 0) {
            complaints.add("no progress: nothing was heard of the source for "
                    + signs.sourceSilent().toSeconds() + " s");
        }
        if (signs.gaps() > 0) {
            complaints.add("gap: " + signs.gaps() + " were recorded since the start; see `metawal info`");
        }
        if (signs.differences() > 0) {
            complaints.add("difference: what was captured differed from the source in " + signs.differences()
                    + " or more keys, and no comparison has agreed since; see `metawal info`");
        }
        return complaints;
    }
}
