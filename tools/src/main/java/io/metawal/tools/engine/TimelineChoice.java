package io.metawal.tools.engine;

import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Timeline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which timeline a writer continues. A fork that belongs to no captured service is never taken up unasked. Pure. */
final class TimelineChoice {
    private TimelineChoice() {}

    /**
     * @param asked the one that was asked for; null for none
     * @param source identity of the cluster to be captured; empty for an API source
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
        return source.isEmpty() ? ofAppends(history) : ofCapture(history, source);
    }

    /** The only one that takes commits of this kind; a fork counts once somebody has asked for it. */
    private static int ofAppends(History history) {
        List<Integer> candidates = history.timelines().values().stream()
                .filter(timeline -> timeline.parent() == 0 || history.written(timeline.timeline()))
                .map(Timeline::timeline)
                .filter(timeline -> history.source(timeline).isEmpty())
                .toList();
        if (candidates.size() > 1) {
            throw new UsageException("commits could be appended to timelines " + candidates + " (the current one is "
                    + history.currentTimeline() + "): name one, such as --timeline " + history.currentTimeline());
        }
        if (candidates.isEmpty()) {
            checkAppends(history, history.currentTimeline());
            return history.currentTimeline();
        }
        return candidates.get(0);
    }

    private static int ofCapture(History history, String source) {
        for (Timeline timeline : history.timelines().descendingMap().values()) {
            if (history.source(timeline.timeline()).equals(source)) {
                return timeline.timeline();
            }
        }
        int current = history.currentTimeline();
        check(history, current, source);
        return current;
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

    private static void check(History history, int timeline, String source) {
        String known = history.source(timeline);
        boolean written = !history.line(timeline).pieces().isEmpty();
        boolean fresh = history.timeline(timeline).parent() != 0 && !history.written(timeline);
        if (!source.isEmpty() && !known.equals(source) && (!known.isEmpty() || written && !fresh)) {
            throw new SourceChangedException("the source is cluster " + source + ", but timeline " + timeline
                    + " is the history of " + (known.isEmpty() ? "an API source" : "cluster " + known)
                    + ". Give it a repository of its own, or begin a timeline for it with `metawal timeline create`. If it was"
                    + " restored from here, name the timeline that the restore began, as --timeline N (`metawal timeline"
                    + " list`), or restore with --fork");
        }
    }
}
