package io.metawal.connectors.sql.cdc;

import io.metawal.metadata.commit.CommitHeader;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** The source may forget its log up to a record once the commit that holds its position is durable, and every one before. */
final class Acknowledgements {
    private final DebeziumFeed feed;
    private final ArrayDeque<Open> open = new ArrayDeque<>();

    private record Open(CompletableFuture<CommitHeader> commit, FeedRecord record) {}

    Acknowledgements(DebeziumFeed feed) {
        this.feed = feed;
    }

    void add(CompletableFuture<CommitHeader> commit, FeedRecord record) {
        open.add(new Open(commit, record));
    }

    void step() {
        FeedRecord newest = null;
        while (!open.isEmpty() && open.peek().commit().isDone()) {
            Open done = open.remove();
            if (done.commit().isCompletedExceptionally()) {
                return;
            }
            newest = done.record();
        }
        if (newest != null) {
            feed.acknowledge(newest);
        }
    }
}
