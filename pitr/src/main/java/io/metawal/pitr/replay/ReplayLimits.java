package io.metawal.pitr.replay;

import java.nio.file.Path;

/**
 * What a replay may use.
 *
 * @param threads that read and decode segments side by side
 * @param memoryBytes of entries held by all of them before they are put aside on disk
 * @param scratch a directory for what is put aside
 */
public record ReplayLimits(int threads, long memoryBytes, Path scratch) {
    /** As many threads as cores, up to eight, and a quarter of the heap. */
    public static ReplayLimits of(Path scratch) {
        Runtime runtime = Runtime.getRuntime();
        return new ReplayLimits(Math.min(8, runtime.availableProcessors()), runtime.maxMemory() / 4, scratch);
    }
}
