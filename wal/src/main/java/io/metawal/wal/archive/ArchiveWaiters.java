package io.metawal.wal.archive;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who waits for which seq to be archived. Safe for several threads. */
final class ArchiveWaiters {
    private final TreeMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();
    private long archived;
    private @Nullable Throwable failure;

    ArchiveWaiters(long archived) {
        this.archived = archived;
    }

    synchronized CompletableFuture<Void> await(long seq) {
        if (seq <= archived) {
            return CompletableFuture.completedFuture(null);
        }
        return failure == null
                ? waiting.computeIfAbsent(seq, any -> new CompletableFuture<>())
                : CompletableFuture.failedFuture(failure);
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
            failure = cause;
            due = new TreeMap<>(waiting);
            waiting.clear();
        }
        due.values().forEach(future -> future.completeExceptionally(cause));
    }
}
