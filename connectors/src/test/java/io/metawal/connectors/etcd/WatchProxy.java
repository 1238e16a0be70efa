package io.metawal.connectors.etcd;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a capture and a real etcd that knows calls: answers of watches and of reads are delayed apart, so that they come in
 * another order than etcd gave them; and an answer of a watch is left out, as etcds do that lose events. Messages pass as bytes. The etcd
 * may come, go, and be another one.
 */
final class WatchProxy implements AutoCloseable {
    private static final String WATCH = WatchGrpc.getWatchMethod().getFullMethodName();
    private static final int MESSAGE_BYTES_MAX = 64 << 20;
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final Server server;
    private final AtomicReference<@Nullable Predicate<WatchResponse>> leftOut = new AtomicReference<>();
    private volatile ManagedChannel etcd;
    private volatile long watchNanos;
    private volatile long readNanos;

    WatchProxy(int etcdPort) {
        this.etcd = channel(etcdPort);
        try {
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                    .fallbackHandlerRegistry(new HandlerRegistry() {
                        @Override
                        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
                            return forwarding(name);
                        }
                    })
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .usePlaintext()
                .build();
    }

    int port() {
        return server.getPort();
    }

    /** New calls go to this etcd. */
    void target(int etcdPort) {
        ManagedChannel before = etcd;
        etcd = channel(etcdPort);
        before.shutdown();
    }

    /** How long an answer waits: one of a watch, and one of any other call. */
    void delay(long watchMillis, long readMillis) {
        watchNanos = watchMillis * 1_000_000;
        readNanos = readMillis * 1_000_000;
    }

    /** The next answer of a watch that is like this is left out; null for none. */
    void leaveOut(@Nullable Predicate<WatchResponse> which) {
        leftOut.set(which);
    }

    private boolean leaves(byte[] message) {
        Predicate<WatchResponse> which = leftOut.get();
        try {
            return which != null && which.test(WatchResponse.parseFrom(message)) && leftOut.compareAndSet(which, null);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private ServerMethodDefinition<byte[], byte[]> forwarding(String name) {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setFullMethodName(name)
                .setType(MethodDescriptor.MethodType.UNKNOWN)
                .build();
        return ServerMethodDefinition.create(method, (call, headers) -> {
            ManagedChannel to = etcd;
            to.resetConnectBackoff();
            ClientCall<byte[], byte[]> forwarded = to.newCall(method, CallOptions.DEFAULT);
            forwarded.start(new Answers(call, forwarded, name.equals(WATCH)), headers);
            call.request(1);
            forwarded.request(1);
            return new Requests(call, forwarded);
        });
    }

    /** From the capture to etcd. A capture sends little: it is not held up. */
    private static final class Requests extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> from;
        private final ClientCall<byte[], byte[]> to;

        Requests(ServerCall<byte[], byte[]> from, ClientCall<byte[], byte[]> to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public void onMessage(byte[] message) {
            to.sendMessage(message);
            from.request(1);
        }

        @Override
        public void onHalfClose() {
            to.halfClose();
        }

        @Override
        public void onCancel() {
            to.cancel("the capture ended the call", null);
        }
    }

    /** From etcd to the capture; one thread at a time. */
    private final class Answers extends ClientCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> to;
        private final ClientCall<byte[], byte[]> from;
        private final boolean watch;

        Answers(ServerCall<byte[], byte[]> to, ClientCall<byte[], byte[]> from, boolean watch) {
            this.to = to;
            this.from = from;
            this.watch = watch;
        }

        @Override
        public void onHeaders(Metadata headers) {
            to.sendHeaders(headers);
        }

        @Override
        public void onMessage(byte[] message) {
            LockSupport.parkNanos(watch ? watchNanos : readNanos);
            if (!watch || !leaves(message)) {
                to.sendMessage(message);
            }
            from.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            to.close(status, trailers);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        etcd.shutdownNow();
    }
}
