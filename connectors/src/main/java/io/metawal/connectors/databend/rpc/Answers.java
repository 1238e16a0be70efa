package io.metawal.connectors.databend.rpc;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** All answers to a call that has few, as a future; it fails with the call. */
final class Answers<A> implements StreamObserver<A> {
    private final List<A> all = new ArrayList<>();
    private final CompletableFuture<List<A>> future = new CompletableFuture<>();

    CompletableFuture<List<A>> future() {
        return future;
    }

    @Override
    public void onNext(A answer) {
        all.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
        future.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        future.complete(all);
    }
}
