package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicLong;

/** Simulated time, which only steps move, and only forward. */
final class SimulatedClock {
    private static final long EPOCH_BASE_MILLIS = 1617235200000L;
    private static final int EPOCH_SHIFT = 16;
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final AtomicLong millis;
    private final SqlEngine engine;

    SimulatedClock(Instant start, SqlEngine engine) {
        this.millis = new AtomicLong(start.toEpochMilli());
        this.engine = engine;
    }

    void forward(long by) {
        millis.addAndGet(by);
    }

    Instant now() {
        return Instant.ofEpochMilli(millis.get());
    }

    /** An epoch of RisingWave that is later than every one before. */
    long nextEpoch() {
        return (millis.incrementAndGet() - EPOCH_BASE_MILLIS) << EPOCH_SHIFT;
    }

    /** Goes behind an epoch. */
    void after(long epoch) {
        millis.accumulateAndGet(EPOCH_BASE_MILLIS + (epoch >> EPOCH_SHIFT), Math::max);
    }

    /** As a column without a zone has it: to the microsecond, in MySQL to the second. */
    String text() {
        long now = millis.get();
        LocalDateTime time = LocalDateTime.ofInstant(Instant.ofEpochMilli(now), ZoneOffset.UTC);
        String seconds = SECONDS.format(time);
        if (engine == SqlEngine.MYSQL || engine == SqlEngine.MARIADB) {
            return seconds;
        }
        // Six digits, the last ones made up; no zero at the end.
        return seconds + String.format(".%03d%02d%d", now % 1000, now % 97, 1 + now % 9);
    }

    /** As a column with a zone has it where the engine has such columns. */
    String zonedText() {
        return engine == SqlEngine.POSTGRESQL ? text() + "+00" : text();
    }
}
