package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.metawal.connectors.net.Backoff;
import io.metawal.metadata.fault.UnreachableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an etcd cluster; for several threads. It reconnects by itself. {@link #ask} tries again what may be tried again,
 * for a bounded time; {@link #send} tries once.
 */
public final class EtcdClient implements AutoCloseable {
    private static final int TRIES_MAX = 7;
    private static final long CALL_SECONDS_MAX = 30;
    private static final int TIMEOUTS_MAX = 2;

    private final EtcdAddress address;
    private final ManagedChannel channel;
    private final @Nullable EtcdToken token;
    private final Backoff backoff;

    public EtcdClient(EtcdAddress address) {
        this(address, new Backoff());
    }

    /** @param backoff how long it waits before it asks again; ended when this is closed */
    public EtcdClient(EtcdAddress address, Backoff backoff) {
        this.backoff = backoff;
        this.address = address;
        this.channel = EtcdChannel.open(address);
        String user = address.user();
        String password = address.password();
        this.token = user == null ? null : new EtcdToken(channel, user, password == null ? "" : password);
    }

    public EtcdAddress address() {
        return address;
    }

    /**
     * The cluster's newest revision, by a read that a majority agreed to: it reflects everything written before it was sent.
     *
     * @param range a range that the user may read
     */
    public EtcdHeader head(KeyRange range) throws InterruptedException {
        return EtcdHeader.of(ask("a read of the revision", KVGrpc.getRangeMethod(), headOf(range, 0))
                .getHeader());
    }

    /**
     * As {@link #head}, tried once, without waiting; what it failed with is a typed fault.
     *
     * @param revision one that etcd must still remember, else {@link CompactedException}; 0 for none
     */
    public CompletableFuture<EtcdHeader> headLater(KeyRange range, long revision) {
        return send(KVGrpc.getRangeMethod(), headOf(range, revision), CallOptions.DEFAULT)
                .handle((response, failure) -> {
                    if (failure != null) {
                        throw EtcdFaults.toFault(address, "a read of the revision", Status.fromThrowable(failure));
                    }
                    return EtcdHeader.of(response.getHeader());
                });
    }

    /** Whether all that happened after a revision can still be had. */
    public boolean remembers(long revision, KeyRange range) throws InterruptedException {
        try {
            ask("a read at revision " + revision, KVGrpc.getRangeMethod(), headOf(range, revision));
            return true;
        } catch (CompactedException e) {
            return false;
        }
    }

    /** Number of keys in a range, now. */
    public long count(KeyRange range) throws InterruptedException {
        RangeRequest request =
                headOf(range, 0).toBuilder().setRangeEnd(range.end()).build();
        return ask("a count", KVGrpc.getRangeMethod(), request).getCount();
    }

    /** A key's value, and the revision at which it came to be. */
    public record Stored(ByteString value, long createRevision) {}

    /** One key now; null where it does not exist. */
    public @Nullable Stored find(ByteString key) throws InterruptedException {
        RangeRequest request = RangeRequest.newBuilder().setKey(key).build();
        RangeResponse response = ask("a read", KVGrpc.getRangeMethod(), request);
        if (response.getKvsCount() == 0) {
            return null;
        }
        return new Stored(response.getKvs(0).getValue(), response.getKvs(0).getCreateRevision());
    }

    private static RangeRequest headOf(KeyRange range, long revision) {
        return RangeRequest.newBuilder()
                .setKey(range.start())
                .setLimit(1)
                .setCountOnly(true)
                .setRevision(revision)
                .build();
    }

    /** Calls, and calls again while that may help, up to some seconds; what then failed is thrown as a typed fault. */
    public <Q, A> A ask(String what, MethodDescriptor<Q, A> method, Q request) throws InterruptedException {
        return ask(what, method, request, CallOptions.DEFAULT);
    }

    <Q, A> A ask(String what, MethodDescriptor<Q, A> method, Q request, CallOptions options)
            throws InterruptedException {
        int timeouts = 0;
        for (int attempt = 1; ; attempt++) {
            Status status;
            try {
                return send(method, request, options).get();
            } catch (ExecutionException e) {
                status = Status.fromThrowable(e);
            }
            timeouts += status.getCode() == Status.Code.DEADLINE_EXCEEDED ? 1 : 0;
            boolean again = EtcdFaults.passing(status) || EtcdFaults.staleToken(status);
            if (!again || attempt == TRIES_MAX || timeouts == TIMEOUTS_MAX || !backoff.pause(attempt)) {
                throw EtcdFaults.toFault(address, what, status);
            }
            channel.resetConnectBackoff();
        }
    }

    /** Calls once. */
    public <Q, A> CompletableFuture<A> send(MethodDescriptor<Q, A> method, Q request) {
        return send(method, request, CallOptions.DEFAULT);
    }

    <Q, A> CompletableFuture<A> send(MethodDescriptor<Q, A> method, Q request, CallOptions options) {
        Answer<A> answer = new Answer<>();
        CallOptions bounded = credentials(options).withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(method, bounded), request, answer);
        return answer.future().whenComplete((done, failure) -> {
            if (failure != null) {
                noticeStaleToken(Status.fromThrowable(failure));
            }
        });
    }

    CallOptions credentials(CallOptions options) {
        return token == null ? options : options.withCallCredentials(token);
    }

    void noticeStaleToken(Status status) {
        if (EtcdFaults.staleToken(status)) {
            forgetToken();
        }
    }

    /** The next call asks for a new one. */
    void forgetToken() {
        if (token != null) {
            token.forget();
        }
    }

    ManagedChannel channel() {
        return channel;
    }

    /** Waits before attempt number {@code attempt + 1}; throws once the client is closed. */
    public void pause(int attempt) throws InterruptedException {
        if (!backoff.pause(attempt)) {
            throw new UnreachableException(address + ": this client is closed");
        }
        channel.resetConnectBackoff();
    }

    @Override
    public void close() {
        backoff.end();
        channel.shutdownNow();
    }

    /** The one answer to a unary call, as a future. */
    static final class Answer<A> implements StreamObserver<A> {
        private final CompletableFuture<A> future = new CompletableFuture<>();

        CompletableFuture<A> future() {
            return future;
        }

        @Override
        public void onNext(A answer) {
            future.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            future.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            // Does nothing where the answer has come, as it must have.
            future.completeExceptionally(Status.INTERNAL
                    .withDescription("the call ended without an answer")
                    .asRuntimeException());
        }
    }
}
