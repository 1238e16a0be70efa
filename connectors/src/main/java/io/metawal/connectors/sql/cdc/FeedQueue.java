package io.metawal.connectors.sql.cdc;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records between two threads, bounded in number and in bytes; one that is larger than the bound passes alone. */
final class FeedQueue {
    private final LinkedBlockingQueue<Weighed> records;
    private final int bytesMax;
    private final Semaphore room;

    private record Weighed(FeedRecord record, int bytes) {}

    FeedQueue(int recordsMax, int bytesMax) {
        this.records = new LinkedBlockingQueue<>(recordsMax);
        this.bytesMax = bytesMax;
        this.room = new Semaphore(bytesMax);
    }

    /** Whether there was room for it within the time. */
    boolean offer(FeedRecord record, long millis) throws InterruptedException {
        int bytes = (int) Math.min(record.bytes(), bytesMax);
        if (!room.tryAcquire(bytes, millis, TimeUnit.MILLISECONDS)) {
            return false;
        }
        if (records.offer(new Weighed(record, bytes), millis, TimeUnit.MILLISECONDS)) {
            return true;
        }
        room.release(bytes);
        return false;
    }

    /** The next record; null where none comes within the time. */
    @Nullable
    FeedRecord poll(long millis) throws InterruptedException {
        Weighed next = records.poll(millis, TimeUnit.MILLISECONDS);
        if (next == null) {
            return null;
        }
        room.release(next.bytes());
        return next.record();
    }

    /** Lets go of all that wait. */
    void clear() {
        for (Weighed next = records.poll(); next != null; next = records.poll()) {
            room.release(next.bytes());
        }
    }
}
