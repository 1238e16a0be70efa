package io.metawal.storage.s3;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * One request and its repetitions. The SDK's own are switched off: they do not tell whether an earlier attempt may have been
 * carried out, and of a create that is refused just that must be known (I10).
 */
final class S3Calls {
    private final S3Retries retries;
    private final S3Time time;
    private final RateLimit rate;

    S3Calls(S3Config config, S3Time time) {
        this.retries = config.retries();
        this.time = time;
        this.rate = new RateLimit(config.requestsPerSecondMax(), time);
    }

    /** Why the last attempt failed, and whether any of them may have been carried out. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private final Throwable last;
        private final boolean doubtful;

        Failed(Throwable last, boolean doubtful) {
            super(last);
            this.last = last;
            this.doubtful = doubtful;
        }

        Throwable last() {
            return last;
        }

        int status() {
            return S3Faults.status(last);
        }

        boolean doubtful() {
            return doubtful;
        }
    }

    <T> T run(Supplier<CompletableFuture<T>> request) throws Failed {
        long start = time.getAsLong();
        boolean doubtful = false;
        Throwable told = null;
        for (int attempt = 1; ; attempt++) {
            time.pause(rate.reserveNanos());
            try {
                return once(request);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failed(e, true);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                doubtful |= S3Faults.isDoubtful(cause);
                told = told != null && S3Faults.isWithoutConnection(cause) ? told : cause;
                if (!S3Faults.isPassing(cause) || !retries.more(attempt, time.getAsLong() - start)) {
                    throw new Failed(told, doubtful);
                }
                time.pause(retries.pauseNanos(attempt, time.random()));
            }
        }
    }

    private static <T> T once(Supplier<CompletableFuture<T>> request) throws InterruptedException, ExecutionException {
        CompletableFuture<T> answer;
        try {
            answer = request.get();
        } catch (SdkClientException e) {
            throw new ExecutionException(e);
        }
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (CancellationException e) {
            throw new ExecutionException(e);
        }
    }
}
