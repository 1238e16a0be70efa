package io.metawal.wal.archive;

import java.time.Duration;

/**
 * When a segment is cut: at so many bytes of commits, or when its oldest commit has waited so long.
 *
 * @param segmentAgeMax also how often at most the head is rewritten while the source is quiet
 * @param heartbeat the head is rewritten at least so often, as a sign of life, and the term is looked at
 */
public record ArchivePolicy(long segmentBytesMax, Duration segmentAgeMax, Duration heartbeat) {
    public static final Duration HEARTBEAT = Duration.ofSeconds(2);
    public static final ArchivePolicy DEFAULT = new ArchivePolicy(4L << 20, Duration.ofSeconds(1));

    public ArchivePolicy(long segmentBytesMax, Duration segmentAgeMax) {
        this(segmentBytesMax, segmentAgeMax, HEARTBEAT);
    }

    boolean cut(long bytes, long ageNanos) {
        return bytes >= segmentBytesMax || bytes > 0 && ageNanos >= segmentAgeMax.toNanos();
    }
}
