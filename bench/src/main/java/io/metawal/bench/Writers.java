package io.metawal.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that share out so many calls. */
final class Writers {
    private Writers() {}

    /** One call, by its number. */
    interface Call {
        void run(int n) throws Exception;
    }

    static void run(int writers, int calls, Call call) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int first = writer;
                running.add(executor.submit(() -> {
                    for (int n = first; n < calls; n += writers) {
                        call.run(n);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
