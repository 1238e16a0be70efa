package io.metawal.tools.daemon;

import io.metawal.metadata.port.MetadataLog;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Reads the signs of a running engine. Progress is measured by a clock that only goes forward. Safe for several threads. */
final class Vitals {
    private final Engine engine;
    private final EngineSink sink;
    private final LongSupplier nanos;
    private long archivedSeq;
    private long archivedNanos;
    private long heard;
    private long heardNanos;

    Vitals(Engine engine, EngineSink sink, LongSupplier nanos) {
        this.engine = engine;
        this.sink = sink;
        this.nanos = nanos;
        this.archivedNanos = nanos.getAsLong();
        this.heardNanos = archivedNanos;
    }

    synchronized Health.Signs signs() {
        MetadataLog log = engine.log();
        long now = nanos.getAsLong();
        long archived = engine.archiver().archivedSeq();
        long unarchived = log.head().seq() - archived;
        if (archived != archivedSeq || unarchived == 0) {
            archivedSeq = archived;
            archivedNanos = now;
        }
        long sign = sink.observedMicros() + log.head().seq();
        if (sign != heard) {
            heard = sign;
            heardNanos = now;
        }
        return new Health.Signs(
                unarchived,
                Duration.ofNanos(now - archivedNanos),
                Duration.ofNanos(now - heardNanos),
                engine.archive().failure(),
                sink.full(),
                sink.gaps(),
                sink.differences());
    }
}
