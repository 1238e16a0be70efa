package io.metawal.storage.s3;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Requests at their rate, waited for. Safe for several threads. */
final class S3Calls {
    private final S3AsyncClient client;
    private final RequestRate rate;

    S3Calls(S3AsyncClient client, RequestRate rate) {
        this.client = client;
        this.rate = rate;
    }

    S3AsyncClient client() {
        return client;
    }

    /** Begins a request when it is its turn. */
    <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> request) {
        rate.pass();
        return request.get();
    }

    /** The answer; {@code fault} says what a failure means. */
    <T> T call(Supplier<CompletableFuture<T>> request, Function<Throwable, MetawalException> fault) {
        return await(begin(request), fault);
    }

    static <T> T await(CompletableFuture<T> answer, Function<Throwable, MetawalException> fault) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw fault.apply(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while waiting for the store", e);
        }
    }
}
