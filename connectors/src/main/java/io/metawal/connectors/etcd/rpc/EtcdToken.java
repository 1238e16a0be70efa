package io.metawal.connectors.etcd.rpc;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The token that etcd gives for a user and password, fetched when first needed and again after {@link #forget}: a server that
 * was started anew, or had its users changed, knows no older one.
 */
final class EtcdToken extends CallCredentials {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final long ASK_SECONDS_MAX = 10;

    private final Channel channel;
    private final AuthenticateRequest login;
    private volatile @Nullable CompletableFuture<Metadata> fetched;

    EtcdToken(Channel channel, String user, String password) {
        this.channel = channel;
        this.login = AuthenticateRequest.newBuilder()
                .setName(user)
                .setPassword(password)
                .build();
    }

    void forget() {
        fetched = null;
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
        CompletableFuture<Metadata> token = fetched;
        if (token == null) {
            token = fetch();
            fetched = token;
        }
        var unused = token.whenComplete((headers, failure) -> {
            if (failure == null) {
                applier.apply(headers);
            } else {
                forget();
                applier.fail(statusOf(failure));
            }
        });
    }

    private CompletableFuture<Metadata> fetch() {
        EtcdClient.Answer<AuthenticateResponse> answer = new EtcdClient.Answer<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(ASK_SECONDS_MAX, TimeUnit.SECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(AuthGrpc.getAuthenticateMethod(), options), login, answer);
        return answer.future().handle((response, failure) -> {
            Metadata headers = new Metadata();
            if (failure == null) {
                headers.put(TOKEN, response.getToken());
            } else if (!authenticationOff(statusOf(failure))) {
                throw statusOf(failure).asRuntimeException();
            }
            return headers;
        });
    }

    // A server without authentication serves anybody: what etcdctl does too.
    private static boolean authenticationOff(Status status) {
        String said = status.getDescription();
        return said != null && said.contains("authentication is not enabled");
    }

    // gRPC makes INTERNAL of a credential's INVALID_ARGUMENT, and that would be tried again.
    private static Status statusOf(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        return EtcdFaults.denied(status) ? Status.UNAUTHENTICATED.withDescription(status.getDescription()) : status;
    }
}
