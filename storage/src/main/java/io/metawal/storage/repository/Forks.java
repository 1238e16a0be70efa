package io.metawal.storage.repository;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ObjectExistsException;
import java.time.Instant;

/** Makes timelines. Numbers are taken by creating the object: two that fork at once get two timelines. */
public final class Forks {
    private Forks() {}

    /**
     * @param parent the line that is left, at {@code seq}
     * @param source identity of the cluster that will live on the new timeline; empty where that is not known yet
     */
    public static Timeline fork(
            Repository repository, int parent, long seq, String reason, String source, Instant now) {
        while (true) {
            History history = History.load(repository);
            int left = history.timeline(parent).timeline();
            int number = Math.max(left, history.timelines().lastKey()) + 1;
            Timeline timeline = new Timeline(number, parent, seq, reason, Timestamps.micros(now), source);
            try {
                repository.create(Keys.timeline(number), timeline);
                return timeline;
            } catch (ObjectExistsException raced) {
                // Another fork took the number: the next one is tried.
            }
        }
    }
}
