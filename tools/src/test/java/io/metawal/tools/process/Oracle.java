package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/** What the tests share that hold metawal against etcd's own historical reads. */
final class Oracle {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private Oracle() {}

    /** Something that comes true. */
    interface Condition {
        boolean holds();
    }

    /** Brings the workload to a revision, while a daemon runs and is disturbed. */
    static CompletableFuture<Void> work(EtcdWorkload workload, long untilRevision) {
        return CompletableFuture.runAsync(() -> {
            try {
                workload.until(untilRevision);
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    static void await(String what, MetawalProcess daemon, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(daemon.alive())
                    .as("the daemon runs: %s", daemon.output())
                    .isTrue();
            assertThat(System.nanoTime())
                    .as("%s within %s: %s", what, PATIENCE, daemon.output())
                    .isLessThan(deadline);
            LockSupport.parkNanos(100_000_000L);
        }
    }
}
