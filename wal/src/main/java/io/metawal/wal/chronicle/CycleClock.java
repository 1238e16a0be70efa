package io.metawal.wal.chronicle;

import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.core.time.TimeProvider;

/** The clock that Chronicle rolls by: it stands still until we say so. */
final class CycleClock implements TimeProvider {
    private final AtomicInteger cycle;

    CycleClock(int cycle) {
        this.cycle = new AtomicInteger(cycle);
    }

    int cycle() {
        return cycle.get();
    }

    void next() {
        cycle.incrementAndGet();
    }

    @Override
    public long currentTimeMillis() {
        return Cycles.millis(cycle.get());
    }
}
