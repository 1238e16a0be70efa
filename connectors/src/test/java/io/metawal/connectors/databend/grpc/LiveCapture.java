package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A capture on a thread of its own, from where the sink's log ends. */
final class LiveCapture {
    private final DatabendGrpcSource source;
    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private LiveCapture(DatabendOptions options, FoldingSink sink) {
        source = new DatabendGrpcSource(options, InstantSource.system());
        ByteString resumeAt = sink.resumeAt();
        thread = new Thread(
                () -> {
                    try {
                        source.capture(resumeAt, sink);
                        end.complete(null);
                    } catch (RuntimeException | Error e) {
                        end.completeExceptionally(e);
                    }
                },
                "capture");
        thread.start();
    }

    /** What a test does while a capture runs. */
    interface Body {
        void run(LiveCapture capture) throws InterruptedException;
    }

    /** Captures while {@code body} runs, then stops; a capture that failed fails the test with what it says. */
    static void during(DatabendOptions options, FoldingSink sink, Body body) throws InterruptedException {
        LiveCapture capture = new LiveCapture(options, sink);
        try {
            body.run(capture);
        } catch (AssertionError e) {
            if (capture.end.isCompletedExceptionally()) {
                e.addSuppressed(capture.failure());
            }
            throw e;
        } finally {
            capture.stop();
        }
    }

    /** What the capture failed with; fails where it goes on. */
    Throwable failure() throws InterruptedException {
        try {
            end.get(30, TimeUnit.SECONDS);
            throw new AssertionError("the capture ended without a failure");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the capture goes on", e);
        }
    }

    private void stop() throws InterruptedException {
        thread.interrupt();
        thread.join(10_000);
        if (thread.isAlive()) {
            throw new AssertionError("the capture does not return when interrupted");
        }
        source.close();
    }
}
