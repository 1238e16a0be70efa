package io.metawal.storage.s3;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Time, waiting and chance, as one thing that tests can hold still. */
interface S3Time extends LongSupplier {
    /** Waits so long, or until the thread is interrupted. */
    void pause(long nanos);

    RandomGenerator random();

    static S3Time system() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        return new S3Time() {
            @Override
            public long getAsLong() {
                return System.nanoTime();
            }

            @Override
            public void pause(long nanos) {
                long until = System.nanoTime() + nanos;
                for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted(); ) {
                    LockSupport.parkNanos(left);
                    left = until - System.nanoTime();
                }
            }

            @Override
            public RandomGenerator random() {
                return random;
            }
        };
    }
}
