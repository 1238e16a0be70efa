package io.metawal.storage.s3;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to ask again: a pure policy.
 *
 * @param attemptMax how long one request may take
 * @param totalMax how long all attempts of a request may take
 */
public record S3Retries(
        int attemptsMax, Duration attemptMax, Duration totalMax, Duration backoffMin, Duration backoffMax) {
    static final Duration TOTAL = Duration.ofMinutes(2);
    private static final int ATTEMPTS = 8;
    private static final Duration ATTEMPT = Duration.ofSeconds(30);

    static S3Retries of(Duration totalMax) {
        return new S3Retries(
                ATTEMPTS,
                ATTEMPT.compareTo(totalMax) < 0 ? ATTEMPT : totalMax,
                totalMax,
                Duration.ofMillis(50),
                Duration.ofSeconds(10));
    }

    /** Whether another attempt is due after so many, and so long. */
    boolean more(int attempts, long elapsedNanos) {
        return attempts < attemptsMax && elapsedNanos < totalMax.toNanos();
    }

    /** Anywhere below a bound that doubles: clients that were slowed down together do not come back together. */
    long pauseNanos(int attempts, RandomGenerator random) {
        long bound = backoffMin.toNanos() << Math.min(attempts - 1, 20);
        return random.nextLong(1, Math.max(2, Math.min(backoffMax.toNanos(), bound)));
    }
}
