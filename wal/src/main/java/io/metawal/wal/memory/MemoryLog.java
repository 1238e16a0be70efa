package io.metawal.wal.memory;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.LogFullException;
import java.time.InstantSource;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Commits in a sorted map, each durable at once. */
public final class MemoryLog implements MetadataLog {
    private final TreeMap<Long, CommitRecord> records = new TreeMap<>();
    private final InstantSource clock;
    private final long bytesMax;
    private Position head;
    private long first;
    private long bytes;
    private boolean closed;

    public MemoryLog(Position start, InstantSource clock, long bytesMax) {
        this.head = start;
        this.first = start.seq() + 1;
        this.clock = clock;
        this.bytesMax = bytesMax;
    }

    @Override
    public synchronized CompletableFuture<CommitHeader> append(CommitDraft draft) {
        checkOpen();
        CommitRecord record =
                CommitRecord.write(head.next(draft, Timestamps.micros(clock.instant())), draft.kind(), draft.body());
        if (bytes + record.length() > bytesMax) {
            throw new LogFullException("the log in memory holds " + bytes + " bytes of at most " + bytesMax
                    + ": it takes no more until it is trimmed");
        }
        records.put(record.seq(), record);
        bytes += record.length();
        head = Position.of(record);
        return CompletableFuture.completedFuture(record.header());
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the log is closed");
        }
    }

    @Override
    public synchronized Position head() {
        return head;
    }

    @Override
    public synchronized long firstSeq() {
        return first;
    }

    @Override
    public LogReader read(long fromSeq) {
        if (fromSeq < firstSeq() || fromSeq > head().seq() + 1) {
            throw new IllegalArgumentException(
                    "the log holds seq " + firstSeq() + " to " + head().seq() + ": it cannot be read from " + fromSeq);
        }
        return new Reader(fromSeq);
    }

    private synchronized @Nullable CommitRecord find(long seq) {
        return records.get(seq);
    }

    private final class Reader implements LogReader {
        private long next;

        Reader(long next) {
            this.next = next;
        }

        @Override
        public @Nullable CommitRecord poll() {
            CommitRecord record = find(next);
            if (record != null) {
                next++;
            }
            return record;
        }

        @Override
        public void close() {}
    }

    @Override
    public synchronized void trimBefore(long seq) {
        var gone = records.headMap(Math.min(seq, head.seq() + 1));
        gone.values().forEach(record -> bytes -= record.length());
        gone.clear();
        first = Math.max(first, Math.min(seq, head.seq() + 1));
    }

    @Override
    public synchronized long bytesOnDisk() {
        return bytes;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
