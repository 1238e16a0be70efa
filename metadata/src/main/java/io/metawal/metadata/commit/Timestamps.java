package io.metawal.metadata.commit;

import io.metawal.metadata.fault.UsageException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/** Times as µs since 1970 UTC, printed and read as RFC 3339. */
public final class Timestamps {
    private static final DateTimeFormatter PRINTED = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 6, 6, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1000;

    private Timestamps() {}

    /** A usage error for an instant further than some 290,000 years from 1970. */
    public static long micros(Instant instant) {
        try {
            return Math.addExact(
                    Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
                    instant.getNano() / NANOS_PER_MICRO);
        } catch (ArithmeticException e) {
            throw new UsageException("the time " + instant + " is further away than times are counted", e);
        }
    }

    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Such as {@code 2026-11-21T04:08:14.123456Z}. */
    public static String print(long micros) {
        return PRINTED.format(instant(micros));
    }

    /** Reads RFC 3339; a time without a zone is refused, since it means another instant on another machine. */
    public static long parse(String text) {
        return micros(read(text));
    }

    /** What such a time has beyond its µs: 0 to 999 ns. */
    public static int nanosBeyond(String text) {
        return nanosBeyond(read(text));
    }

    private static int nanosBeyond(Instant instant) {
        return instant.get(ChronoField.NANO_OF_SECOND) % NANOS_PER_MICRO;
    }

    /** As {@link #micros}, but the first µs that is not before the instant. */
    public static long microsUp(Instant instant) {
        return micros(instant) + (nanosBeyond(instant) == 0 ? 0 : 1);
    }

    private static Instant read(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new UsageException(
                    "\"" + text + "\" is not a time with a zone: expected RFC 3339, such as 2026-11-21T14:02:59Z or"
                            + " 2026-11-21T15:02:59.5+01:00",
                    e);
        }
    }
}
