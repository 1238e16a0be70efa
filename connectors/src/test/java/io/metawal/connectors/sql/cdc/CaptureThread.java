package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.Source;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A capture on a thread of its own, from where the sink's log ends; closing interrupts it and waits until it has returned. */
public final class CaptureThread implements AutoCloseable {
    private final Source source;
    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    public CaptureThread(Source source, FoldingSink sink) {
        this(source, sink.resumeAt(), sink);
    }

    public CaptureThread(Source source, ByteString resumeAt, CommitSink sink) {
        this.source = source;
        thread = new Thread(
                () -> {
                    try {
                        source.capture(resumeAt, sink);
                        end.complete(null);
                    } catch (InterruptedException e) {
                        end.complete(null);
                    } catch (RuntimeException | Error e) {
                        end.completeExceptionally(e);
                    }
                },
                "capture");
        thread.start();
    }

    /** What the capture failed with; fails where it goes on. */
    public Throwable failure() throws InterruptedException {
        try {
            end.get(60, TimeUnit.SECONDS);
            throw new AssertionError("the capture ended without a failure");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the capture goes on", e);
        }
    }

    /** Fails where the capture has failed. */
    public void check() {
        if (end.isCompletedExceptionally()) {
            end.join();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(60_000);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the capture ended", e);
        }
        if (thread.isAlive()) {
            throw new AssertionError("the capture does not return when interrupted");
        }
        source.close();
    }
}
