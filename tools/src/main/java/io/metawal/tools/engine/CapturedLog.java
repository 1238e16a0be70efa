package io.metawal.tools.engine;

import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.Captured;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** What a sink was given, for comparisons; and how long they waited for it, which is no work. For one thread. */
public final class CapturedLog implements Captured {
    private static final long LOOK_NANOS = 20_000_000L;

    private final EngineSink sink;
    private final LongSupplier nanos;
    private final Duration patience;
    private long waitedNanos;

    /** @param patience how long a capture may take to come to where its source is */
    public CapturedLog(EngineSink sink, Duration patience) {
        this(sink, System::nanoTime, patience);
    }

    /** @param nanos the clock by which the sink dates questions */
    CapturedLog(EngineSink sink, LongSupplier nanos, Duration patience) {
        this.sink = sink;
        this.nanos = nanos;
        this.patience = patience;
    }

    @Override
    public ImageView image() throws InterruptedException {
        return sink.image();
    }

    @Override
    public boolean catchUp() throws InterruptedException {
        long begin = nanos.getAsLong();
        try {
            while (sink.heardNanos() - begin < 0) {
                if (nanos.getAsLong() - begin > patience.toNanos()) {
                    return false;
                }
                LockSupport.parkNanos(LOOK_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while the capture catches up");
                }
            }
            return true;
        } finally {
            waitedNanos += nanos.getAsLong() - begin;
        }
    }

    @Override
    public ChangedKeys watch() {
        return sink.watch();
    }

    /** How long comparisons have waited for the capture so far. */
    public long waitedNanos() {
        return waitedNanos;
    }
}
