package io.metawal.storage.repository;

/**
 * The commits of a timeline whose clocks were not believed.
 *
 * @param lastSeq the newest of them; 0 for none
 * @param largestMicros by how much a time was clamped at most
 */
public record Clamps(long commits, long lastSeq, long largestMicros) {
    public static final Clamps NONE = new Clamps(0, 0, 0);

    Clamps and(long seq, long micros) {
        return new Clamps(commits + 1, seq, Math.max(largestMicros, micros));
    }
}
