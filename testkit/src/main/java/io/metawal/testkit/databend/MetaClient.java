package io.metawal.testkit.databend;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.metawal.testkit.databend.proto.BasicAuth;
import io.metawal.testkit.databend.proto.Empty;
import io.metawal.testkit.databend.proto.HandshakeRequest;
import io.metawal.testkit.databend.proto.HandshakeResponse;
import io.metawal.testkit.databend.proto.KVMeta;
import io.metawal.testkit.databend.proto.MetaServiceGrpc;
import io.metawal.testkit.databend.proto.RaftRequest;
import io.metawal.testkit.databend.proto.SeqV;
import io.metawal.testkit.databend.proto.StreamItem;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks a meta service for its own list of what it holds, which no export and no watch takes part in. */
final class MetaClient implements AutoCloseable {
    private static final long CALL_SECONDS_MAX = 20;
    private static final long PROBE_SECONDS_MAX = 5;
    private static final long SECONDS_UP_TO = 100_000_000_000L;
    private static final int MESSAGE_BYTES_MAX = 64 << 20;
    private static final Metadata.Key<byte[]> TOKEN =
            Metadata.Key.of("auth-token-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final String EVERYTHING = "{\"ListKV\":{\"prefix\":\"\"}}";

    private final ManagedChannel channel;

    MetaClient(String endpoint) {
        channel = NettyChannelBuilder.forTarget("dns:///" + endpoint)
                .usePlaintext()
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }

    /** Whether there is a meta service at all: other services of the engine do not know the call, or do not speak gRPC. */
    boolean answers() {
        try {
            return lastIndex(PROBE_SECONDS_MAX) >= 0;
        } catch (StatusRuntimeException e) {
            return switch (e.getStatus().getCode()) {
                case UNIMPLEMENTED, UNAVAILABLE, DEADLINE_EXCEEDED -> false;
                default -> throw e;
            };
        }
    }

    /** The index of the last log entry. */
    long lastIndex() {
        return lastIndex(CALL_SECONDS_MAX);
    }

    private long lastIndex(long secondsMax) {
        return MetaServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(secondsMax, TimeUnit.SECONDS)
                .getClusterStatus(Empty.getDefaultInstance())
                .getLastLogIndex();
    }

    NavigableMap<String, MetaRecord> records() {
        Metadata headers = new Metadata();
        headers.put(TOKEN, token());
        Channel authorized = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
        RaftRequest request = RaftRequest.newBuilder().setData(EVERYTHING).build();
        Iterator<StreamItem> items = MetaServiceGrpc.newBlockingStub(authorized)
                .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                .kvReadV1(request);
        NavigableMap<String, MetaRecord> records = new TreeMap<>();
        items.forEachRemaining(item -> records.put(item.getKey(), record(item.getValue())));
        return records;
    }

    private static MetaRecord record(SeqV value) {
        KVMeta meta = value.getMeta();
        return new MetaRecord(
                value.getSeq(),
                value.getData(),
                meta.hasExpireAt() ? (Long) millis(meta.getExpireAt()) : null,
                meta.hasProposedAtMs() ? (Long) meta.getProposedAtMs() : null);
    }

    /** The service takes small numbers for seconds. */
    private static long millis(long expireAt) {
        return expireAt > SECONDS_UP_TO ? expireAt : expireAt * 1000;
    }

    private byte[] token() {
        BasicAuth login = BasicAuth.newBuilder().setUsername("root").build();
        MethodDescriptor<HandshakeRequest, HandshakeResponse> method = MetaServiceGrpc.getHandshakeMethod();
        CompletableFuture<byte[]> token = new CompletableFuture<>();
        StreamObserver<HandshakeRequest> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)),
                new StreamObserver<HandshakeResponse>() {
                    @Override
                    public void onNext(HandshakeResponse answer) {
                        token.complete(answer.getPayload().toByteArray());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        token.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        token.completeExceptionally(new IllegalStateException("a handshake without an answer"));
                    }
                });
        requests.onNext(
                HandshakeRequest.newBuilder().setPayload(login.toByteString()).build());
        requests.onCompleted();
        return token.join();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
