package io.metawal.testkit.databend;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Asks for the token where the service does: for reads and writes of keys, not for exports, watches and the status. */
final class MetaLogin implements ServerInterceptor {
    private static final Metadata.Key<byte[]> TOKEN =
            Metadata.Key.of("auth-token-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Set<String> GUARDED = Set.of("Transaction", "KvGetMany", "KvReadV1");

    private final MetaNode node;

    MetaLogin(MetaNode node) {
        this.node = node;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        byte[] token = headers.get(TOKEN);
        boolean known = token != null && new String(token, StandardCharsets.UTF_8).equals(node.token());
        if (!known && GUARDED.contains(String.valueOf(call.getMethodDescriptor().getBareMethodName()))) {
            call.close(Status.UNAUTHENTICATED.withDescription("the token is not one of this process"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }
}
