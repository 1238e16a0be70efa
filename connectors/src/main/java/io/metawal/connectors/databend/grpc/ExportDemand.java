package io.metawal.connectors.databend.grpc;

import io.metawal.metadata.port.Captured;
import io.metawal.metadata.port.SelfCheck;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How a comparison asks the capture for an export though nothing new is due: every export is compared with what was captured so far as it is
 * joined, and the capture reports what it found. Safe for several threads.
 */
final class ExportDemand {
    private static final long LOOK_MILLIS = 50;

    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();

    /** Whether an export is asked for. */
    boolean open() {
        return answered.get() < asked.get();
    }

    /** What is asked for by now; for {@link #answer}. */
    long current() {
        return asked.get();
    }

    /** An export that began after this was asked has been joined. */
    void answer(long current) {
        answered.accumulateAndGet(current, Math::max);
    }

    /** A comparison of all there is. */
    SelfCheck selfCheck() {
        return new Whole();
    }

    private final class Whole implements SelfCheck {
        @Override
        public Slice compare(int keysMax, Captured captured) throws InterruptedException {
            long mine = asked.incrementAndGet();
            while (answered.get() < mine) {
                var unused = new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            return Slice.reported();
        }

        @Override
        public void restart() {}

        @Override
        public void close() {}
    }
}
