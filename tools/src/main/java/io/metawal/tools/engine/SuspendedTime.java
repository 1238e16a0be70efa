package io.metawal.tools.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * For how many nanoseconds this machine was suspended since this was made. {@link System#nanoTime} does not count them; the time since boot
 * does, which Linux gives as the first number of {@code /proc/uptime} (proc_uptime(5), CLOCK_BOOTTIME), in hundredths of a second. Always 0
 * where there is no such file. For one thread.
 */
final class SuspendedTime implements LongSupplier {
    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final double NANOS_PER_SECOND = 1e9;

    private final Path uptime;
    private final LongSupplier nanos;
    private final long origin;
    private final boolean known;
    private long suspendedNanos;

    SuspendedTime() {
        this(UPTIME, System::nanoTime);
    }

    /** @param nanos the clock that does not count */
    SuspendedTime(Path uptime, LongSupplier nanos) {
        this.uptime = uptime;
        this.nanos = nanos;
        long at = sinceBoot();
        this.known = at >= 0;
        this.origin = at - nanos.getAsLong();
    }

    @Override
    public long getAsLong() {
        long measured = nanos.getAsLong();
        long at = known ? sinceBoot() : -1;
        if (at >= 0) {
            suspendedNanos = Math.max(suspendedNanos, at - measured - origin);
        }
        return suspendedNanos;
    }

    /** Negative where the system does not say. */
    private long sinceBoot() {
        try {
            String text = Files.readString(uptime);
            int end = text.indexOf(' ');
            return (long) (Double.parseDouble(text.substring(0, Math.max(0, end))) * NANOS_PER_SECOND);
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
