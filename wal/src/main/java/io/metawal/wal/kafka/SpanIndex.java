package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitRecord;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where commits lie in the topic, by spans of whole transactions that each begin with a mark. Safe for several threads. */
final class SpanIndex {
    private final long spanBytes;
    private final TreeMap<Long, Span> spans = new TreeMap<>();
    // Written under the lock, read without it by every append.
    private volatile long total;
    private long lastMark = -1;

    private static final class Span {
        /** Of its first mark. */
        private final long offset;

        private long bytes;

        Span(long offset) {
            this.offset = offset;
        }
    }

    SpanIndex(long spanBytes) {
        this.spanBytes = spanBytes;
    }

    /** @param markOffset of the mark that began the record's transaction */
    synchronized void add(CommitRecord record, long markOffset) {
        Map.Entry<Long, Span> newest = spans.lastEntry();
        Span span = newest == null ? null : newest.getValue();
        if (span == null || (markOffset != lastMark && span.bytes >= spanBytes)) {
            span = new Span(markOffset);
            spans.put(record.seq(), span);
        }
        lastMark = markOffset;
        span.bytes += record.length();
        total = total + record.length();
    }

    /** Offset of a mark at or before a seq. */
    synchronized @Nullable Long near(long seq) {
        Map.Entry<Long, Span> entry = spans.floorEntry(seq);
        return entry == null ? null : entry.getValue().offset;
    }

    synchronized long firstSeqOr(long otherwise) {
        return spans.isEmpty() ? otherwise : spans.firstKey();
    }

    long bytes() {
        return total;
    }

    /** Offset up to which nothing at or after {@code seq} is lost by deleting; null where there is nothing to delete. */
    synchronized @Nullable Long trimOffset(long seq) {
        Map.Entry<Long, Span> kept = spans.floorEntry(seq);
        return kept == null || kept.getKey().equals(spans.firstKey()) ? null : kept.getValue().offset;
    }

    synchronized void dropBefore(long offset) {
        while (!spans.isEmpty() && spans.firstEntry().getValue().offset < offset) {
            total = total - spans.pollFirstEntry().getValue().bytes;
        }
    }

    synchronized void clear() {
        spans.clear();
        total = 0;
    }
}
