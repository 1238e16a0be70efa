package io.metawal.wal.archive;

import java.time.Duration;

/**
 * When a segment is cut: at so many bytes of commits, or when its oldest commit has waited so long.
 *
 * @param segmentAgeMax also how often at most the head is rewritten while the source is quiet
 */
public record ArchivePolicy(long segmentBytesMax, Duration segmentAgeMax) {
    public static final ArchivePolicy DEFAULT = new ArchivePolicy(4L << 20, Duration.ofSeconds(1));

    boolean cut(long bytes, long ageNanos) {
        return bytes >= segmentBytesMax || bytes > 0 && ageNanos >= segmentAgeMax.toNanos();
    }
}
