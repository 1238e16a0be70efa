package io.metawal.storage.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Parts of large objects side by side, so many at a time for the whole store; the threads come when needed, and go. */
final class S3Parallel implements AutoCloseable {
    private final ExecutorService threads;

    S3Parallel(int parallel) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(parallel, parallel, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "metawal-s3-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /** All results in order. At the first failure the rest is called off, and the failure thrown; what was sent may still be done. */
    <T> List<T> run(List<Callable<T>> work) throws S3Calls.Failed {
        List<Future<T>> running = work.stream().map(threads::submit).toList();
        List<T> results = new ArrayList<>();
        S3Calls.Failed failed = null;
        for (Future<T> one : running) {
            try {
                if (failed == null) {
                    results.add(one.get());
                } else {
                    one.cancel(true);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failed = new S3Calls.Failed(e, true);
            } catch (ExecutionException e) {
                failed = e.getCause() instanceof S3Calls.Failed known
                        ? known
                        : new S3Calls.Failed(e.getCause() == null ? e : e.getCause(), false);
            }
        }
        if (failed != null) {
            throw failed;
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
