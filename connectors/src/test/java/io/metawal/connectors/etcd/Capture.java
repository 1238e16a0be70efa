package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Timestamps;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A capture on a thread of its own, from where the sink's log ends. */
final class Capture {
    private final EtcdSource source;
    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private Capture(EtcdOptions options, FoldingSink sink, InstantSource clock) {
        source = new EtcdSource(options, clock);
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
        void run(Capture capture) throws InterruptedException;
    }

    /** Captures while {@code body} runs, then stops. */
    static void during(EtcdOptions options, FoldingSink sink, Body body) throws InterruptedException {
        during(options, sink, InstantSource.system(), body);
    }

    /** As above, by a clock that is perhaps set. */
    static void during(EtcdOptions options, FoldingSink sink, InstantSource clock, Body body)
            throws InterruptedException {
        Capture capture = new Capture(options, sink, clock);
        try {
            body.run(capture);
        } finally {
            capture.stop();
        }
    }

    /** What the capture failed with; fails where it continues. */
    Throwable failure() throws InterruptedException {
        try {
            end.get(30, TimeUnit.SECONDS);
            throw new AssertionError("the capture ended without a failure");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the capture continues", e);
        }
    }

    /** Waits until the sink holds what etcd held after this moment, or throws what the capture failed with. */
    void awaitObserved(FoldingSink sink) throws InterruptedException {
        long now = Timestamps.micros(InstantSource.system().instant());
        sink.await("an observation", s -> s.observedMicros() > now || end.isDone());
        if (failed() instanceof RuntimeException failure) {
            throw failure;
        }
    }

    private @Nullable Throwable failed() {
        try {
            end.getNow(null);
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    /** Interrupts the capture and waits until it has returned. */
    private void stop() throws InterruptedException {
        thread.interrupt();
        thread.join(10_000);
        if (thread.isAlive()) {
            throw new AssertionError("the capture does not return when interrupted");
        }
        source.close();
    }
}
