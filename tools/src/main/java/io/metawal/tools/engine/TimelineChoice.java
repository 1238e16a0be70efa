package io.metawal.tools.engine;

import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Timeline;
import org.jspecify.annotations.Nullable;

/** Which timeline a writer goes on with. Pure. */
final class TimelineChoice {
    private TimelineChoice() {}

    /**
     * @param asked the one that was asked for; null for none
     * @param source identity of the cluster to be captured; empty for an API source
     */
    static int of(History history, @Nullable Integer asked, String source) {
        if (asked != null) {
            check(history, history.timeline(asked).timeline(), source);
            return asked;
        }
        if (source.isEmpty()) {
            return newest(history);
        }
        for (Timeline timeline : history.timelines().descendingMap().values()) {
            if (history.source(timeline.timeline()).equals(source)) {
                return timeline.timeline();
            }
        }
        int newest = newest(history);
        check(history, newest, source);
        return newest;
    }

    /** The newest timeline without a source of its own named elsewhere: forks are made to be gone on with. */
    private static int newest(History history) {
        return history.timelines().lastKey();
    }

    private static void check(History history, int timeline, String source) {
        String known = history.source(timeline);
        boolean written = !history.line(timeline).pieces().isEmpty();
        if (!source.isEmpty() && !known.equals(source) && (!known.isEmpty() || written)) {
            throw new SourceChangedException("the source is cluster " + source + ", but timeline " + timeline
                    + " is the history of " + (known.isEmpty() ? "an API source" : "cluster " + known)
                    + ": give it a repository of its own, or, if it was restored from here, restore with --fork");
        }
    }
}
