package io.metawal.connectors.sql.jdbc;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.regex.Pattern;

/**
 * Times as text: a blank between day and time, as many as six digits of a fraction and none of them a trailing zero, {@code Z} behind what
 * has a zone. What is not of that kind, such as {@code infinity} or a year BC, stays as the database prints it.
 */
public final class Moments {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter();
    private static final DateTimeFormatter STAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd ")
            .append(TIME)
            .toFormatter();
    private static final Pattern FRACTION_ENDS_IN_ZERO =
            Pattern.compile("(\\d{2}:\\d{2}:\\d{2})(?:\\.0*|(\\.\\d*[1-9])0+)(?!\\d)");
    private static final Pattern UTC = Pattern.compile("(\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?)(?:\\+00(?::00)?| UTC)");

    private Moments() {}

    public static String date(LocalDate date) {
        return date.toString();
    }

    public static String time(LocalTime time) {
        return TIME.format(time);
    }

    public static String timestamp(LocalDateTime time) {
        return STAMP.format(time);
    }

    public static String zoned(Instant instant) {
        return STAMP.format(instant.atOffset(ZoneOffset.UTC)) + "Z";
    }

    /** Of a time or a timestamp without zone, as the database prints it. */
    public static String local(String printed) {
        return FRACTION_ENDS_IN_ZERO.matcher(printed.replace('T', ' ')).replaceFirst("$1$2");
    }

    /** Of a timestamp that the database prints in UTC, with or without saying so. */
    public static String zoned(String printed) {
        String bare = UTC.matcher(local(printed)).replaceFirst("$1");
        if (bare.endsWith("Z") || bare.endsWith("Z BC") || bare.endsWith("infinity")) {
            return bare;
        }
        return bare.endsWith(" BC") ? bare.substring(0, bare.length() - 3) + "Z BC" : bare + "Z";
    }

    static String any(OffsetDateTime time) {
        return zoned(time.toInstant());
    }
}
