package io.metawal.connectors.databend.rpc;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.metawal.connectors.databend.grpc.proto.MetaServiceGrpc;
import io.metawal.connectors.databend.grpc.proto.WatchRequest;
import io.metawal.connectors.databend.grpc.proto.WatchResponse;
import io.metawal.metadata.fault.MetawalException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A watch of every key, of which only that something changed is taken: it tells neither log index nor transaction, and may tell a change
 * twice. It begins with what there is, since the end of that is the only sign that the watch stands. It never goes on by itself where
 * it broke. For several threads.
 */
public final class WatchPrompt implements AutoCloseable {
    /** Above every key: they are text. */
    private static final String ABOVE_ALL = new String(Character.toChars(Character.MAX_CODE_POINT));

    private final DatabendNode node;
    private final Runnable onNews;
    private final AtomicLong changes = new AtomicLong();
    private volatile boolean stands;
    private volatile @Nullable MetawalException fault;
    private volatile @Nullable ClientCallStreamObserver<WatchRequest> call;

    private WatchPrompt(DatabendNode node, Runnable onNews) {
        this.node = node;
        this.onNews = onNews;
    }

    static WatchPrompt open(DatabendNode node, Runnable onNews) {
        WatchPrompt watch = new WatchPrompt(node, onNews);
        WatchRequest request = WatchRequest.newBuilder()
                .setKey("")
                .setKeyEnd(ABOVE_ALL)
                .setInitialFlush(true)
                .build();
        ClientCalls.asyncServerStreamingCall(
                node.channel()
                        .newCall(
                                MetaServiceGrpc.getWatchMethod(),
                                // An event has a value twice, as it was and as it is; nothing of it is kept.
                                CallOptions.DEFAULT.withMaxInboundMessageSize(Integer.MAX_VALUE)),
                request,
                watch.new Observer());
        return watch;
    }

    /** Who tells. */
    public String endpoint() {
        return node.endpoint();
    }

    /** Whether every change from some moment on is told; false until that moment, and for ever with a server before 1.2.677. */
    public boolean stands() {
        return stands && fault == null;
    }

    /** How many changes were told so far. */
    public long changes() {
        return changes.get();
    }

    /** What the watch ended with; null while it goes on. */
    public @Nullable MetawalException fault() {
        return fault;
    }

    @Override
    public void close() {
        ClientCallStreamObserver<WatchRequest> stream = call;
        if (stream != null) {
            stream.cancel("the watch is closed", null);
        }
    }

    private final class Observer implements ClientResponseObserver<WatchRequest, WatchResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
            call = stream;
        }

        @Override
        public void onNext(WatchResponse response) {
            if (!response.hasEvent()) {
                stands = true;
            } else if (!response.getIsInitialization()) {
                changes.incrementAndGet();
            } else {
                return;
            }
            onNews.run();
        }

        @Override
        public void onError(Throwable failure) {
            end(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end(Status.UNAVAILABLE.withDescription("the server ended the watch"));
        }

        private void end(Status status) {
            fault = DatabendFaults.toFault(node.endpoint(), "a watch of every key", status);
            onNews.run();
        }
    }
}
