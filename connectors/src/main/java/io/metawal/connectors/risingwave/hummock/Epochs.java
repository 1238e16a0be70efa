package io.metawal.connectors.risingwave.hummock;

import java.time.Instant;

/**
 * RisingWave's epochs: milliseconds since 2021-04-01T00:00:00Z in the upper 48 bits of an unsigned 64-bit number; the lower 16 count
 * spills within one.
 */
public final class Epochs {
    /** 2021-04-01T00:00:00Z. */
    private static final long BASE_MILLIS =
            Instant.parse("2021-04-01T00:00:00Z").toEpochMilli();

    /** Snapshot backfill counts its epochs up from 0: none of them comes near, no real one lies before. */
    private static final long REAL_FROM_MILLIS =
            Instant.parse("2021-04-02T00:00:00Z").toEpochMilli();

    private static final int SPILL_BITS = 16;
    private static final long MAX_PHYSICAL = -1L >>> SPILL_BITS;
    private static final int MICROS_PER_MILLI = 1000;

    private Epochs() {}

    /** µs since 1970 UTC at which the epoch was begun. */
    public static long timeMicros(long epoch) {
        return (BASE_MILLIS + (epoch >>> SPILL_BITS)) * MICROS_PER_MILLI;
    }

    /** The first epoch of the millisecond that the time lies in; 0 for a time before 2021-04-01. */
    public static long ofTimeMicros(long timeMicros) {
        long millis = Math.floorDiv(timeMicros, MICROS_PER_MILLI) - BASE_MILLIS;
        return millis <= 0 ? 0 : millis << SPILL_BITS;
    }

    /** Whether it tells a time: not 0, not one of those that count from 0, not RisingWave's greatest, which means "all". */
    public static boolean isReal(long epoch) {
        long physical = epoch >>> SPILL_BITS;
        return physical >= REAL_FROM_MILLIS - BASE_MILLIS && physical != MAX_PHYSICAL;
    }
}
