package io.metawal.wal.archive;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Who waits for which seq to be archived. Safe for several threads. */
final class ArchiveWaiters {
    private final TreeMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();
    private long archived;

    ArchiveWaiters(long archived) {
        this.archived = archived;
    }

    synchronized CompletableFuture<Void> await(long seq) {
        return seq <= archived
                ? CompletableFuture.completedFuture(null)
                : waiting.computeIfAbsent(seq, any -> new CompletableFuture<>());
    }

    synchronized long archived() {
        return archived;
    }

    void reached(long seq) {
        Map<Long, CompletableFuture<Void>> due;
        synchronized (this) {
            archived = seq;
            Map<Long, CompletableFuture<Void>> head = waiting.headMap(seq, true);
            due = new TreeMap<>(head);
            head.clear();
        }
        due.values().forEach(future -> future.complete(null));
    }

    void failed(Throwable cause) {
        Map<Long, CompletableFuture<Void>> due;
        synchronized (this) {
            due = new TreeMap<>(waiting);
            waiting.clear();
        }
        due.values().forEach(future -> future.completeExceptionally(cause));
    }
}
