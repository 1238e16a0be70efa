package io.metawal.connectors.databend.grpc;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on only when told. */
final class ManualClock implements InstantSource {
    private final AtomicLong millis = new AtomicLong(1_760_000_000_000L);

    void tick(long byMillis) {
        millis.addAndGet(byMillis);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis.get());
    }
}
