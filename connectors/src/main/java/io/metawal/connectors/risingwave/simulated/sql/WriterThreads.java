package io.metawal.connectors.risingwave.simulated.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several writers at once, each with a thread of its own. */
final class WriterThreads {
    private WriterThreads() {}

    /** A step of one writer. */
    @FunctionalInterface
    interface Work {
        void step() throws Exception;
    }

    /** Returns once each has made so many steps; throws what the first one threw. */
    static void run(List<Work> works, int steps) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(works.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Work work : works) {
                running.add(threads.submit(() -> {
                    for (int i = 0; i < steps && !Thread.currentThread().isInterrupted(); i++) {
                        work.step();
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }
}
