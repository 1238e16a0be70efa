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
     * @param source identity of the cluster to be captured; empty for an API source, which takes the newest timeline that no
     *     captured cluster lives on: a fork that a restore into a service made is that service's
     */
    static int of(History history, @Nullable Integer asked, String source) {
        if (asked != null) {
            int there = history.timeline(asked).timeline();
            check(history, there, source);
            if (source.isEmpty()) {
                checkAppends(history, there);
            }
            return asked;
        }
        if (source.isEmpty()) {
            for (int timeline : history.timelines().descendingKeySet()) {
                if (history.source(timeline).isEmpty()) {
                    return timeline;
                }
            }
            checkAppends(history, history.currentTimeline());
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

    /** What a captured service never had has no place in its history. */
    private static void checkAppends(History history, int timeline) {
        String known = history.source(timeline);
        if (!known.isEmpty()) {
            throw new SourceChangedException("timeline " + timeline + " is the history of cluster " + known
                    + ", which is captured: commits of another kind have no place in it; give them a repository of their"
                    + " own, or name another --timeline");
        }
    }

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
