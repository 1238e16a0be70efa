package io.metawal.storage.repository;

/**
 * {@code timelines/<tl>.json}: a line of history.
 *
 * @param parent the timeline it left; 0 for the first
 * @param forkSeq the last seq that it shares with its parent
 * @param source the identity of the cluster that lives on it, where that was known when it forked; else empty
 */
public record Timeline(int timeline, int parent, long forkSeq, String reason, long createdMicros, String source) {
    public static final int FIRST = 1;
}
