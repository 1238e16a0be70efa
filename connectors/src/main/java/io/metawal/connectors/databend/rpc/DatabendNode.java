package io.metawal.connectors.databend.rpc;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.metawal.connectors.databend.grpc.proto.BasicAuth;
import io.metawal.connectors.databend.grpc.proto.HandshakeRequest;
import io.metawal.connectors.databend.grpc.proto.HandshakeResponse;
import io.metawal.connectors.databend.grpc.proto.MetaServiceGrpc;
import io.metawal.connectors.net.ServiceChannel;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One node: its connection, and the token that its process gave, which no other process knows. Calls fail with gRPC's own exception.
 * For several threads.
 */
final class DatabendNode {
    /** 1.2.869: the calls that are made here are those of this release; services refuse older ones than they know. */
    private static final long CLIENT_VERSION = 1_002_869;

    private static final long CALL_SECONDS_MAX = 30;
    private static final long STREAM_SECONDS_MAX = 3600;
    private static final Metadata.Key<byte[]> TOKEN =
            Metadata.Key.of("auth-token-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final DatabendAddress address;
    private final String endpoint;
    private final ManagedChannel channel;
    private volatile @Nullable ByteString token;

    DatabendNode(DatabendAddress address, String endpoint) {
        this.address = address;
        this.endpoint = endpoint;
        this.channel = ServiceChannel.open(
                NettyChannelBuilder.forTarget("dns:///" + endpoint).maxInboundMessageSize(address.messageBytesMax()),
                address.tls());
    }

    String endpoint() {
        return endpoint;
    }

    /** For calls that ask for no token: exports, watches, the status. */
    ManagedChannel channel() {
        return channel;
    }

    /** With the token, for which the node is asked where there is none. */
    private Channel authorized() throws InterruptedException {
        ByteString known = token;
        if (known == null) {
            known = handshake();
            token = known;
        }
        Metadata headers = new Metadata();
        headers.put(TOKEN, known.toByteArray());
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    void forgetToken() {
        token = null;
    }

    private ByteString handshake() throws InterruptedException {
        BasicAuth login = BasicAuth.newBuilder()
                .setUsername(address.user())
                .setPassword(address.password())
                .build();
        HandshakeRequest request = HandshakeRequest.newBuilder()
                .setProtocolVersion(CLIENT_VERSION)
                .setPayload(login.toByteString())
                .build();
        List<HandshakeResponse> answers = converse(channel, MetaServiceGrpc.getHandshakeMethod(), List.of(request));
        if (answers.isEmpty()) {
            throw Status.INTERNAL
                    .withDescription("the handshake ended without an answer")
                    .asRuntimeException();
        }
        return answers.get(0).getPayload();
    }

    /** A call without a token. */
    <Q, A> List<A> ask(MethodDescriptor<Q, A> method, Q request) throws InterruptedException {
        return converse(channel, method, List.of(request));
    }

    /** A call with one. */
    <Q, A> List<A> askAuthorized(MethodDescriptor<Q, A> method, List<Q> requests) throws InterruptedException {
        return converse(authorized(), method, requests);
    }

    /** A call with one whose answers are taken one by one. */
    <Q, A> Iterator<A> stream(MethodDescriptor<Q, A> method, Q request) throws InterruptedException {
        return ClientCalls.blockingServerStreamingCall(
                authorized(),
                method,
                CallOptions.DEFAULT.withDeadlineAfter(STREAM_SECONDS_MAX, TimeUnit.SECONDS),
                request);
    }

    private static <Q, A> List<A> converse(Channel over, MethodDescriptor<Q, A> method, List<Q> requests)
            throws InterruptedException {
        Answers<A> answers = new Answers<>();
        var call = over.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS));
        switch (method.getType()) {
            case UNARY -> ClientCalls.asyncUnaryCall(call, requests.get(0), answers);
            case SERVER_STREAMING -> ClientCalls.asyncServerStreamingCall(call, requests.get(0), answers);
            default -> {
                StreamObserver<Q> out = ClientCalls.asyncBidiStreamingCall(call, answers);
                requests.forEach(out::onNext);
                out.onCompleted();
            }
        }
        try {
            return answers.future().get();
        } catch (ExecutionException e) {
            Metadata trailers = Status.trailersFromThrowable(e);
            throw Status.fromThrowable(e).asRuntimeException(trailers);
        } catch (InterruptedException e) {
            call.cancel("interrupted", e);
            throw e;
        }
    }

    void close() {
        channel.shutdownNow();
    }
}
