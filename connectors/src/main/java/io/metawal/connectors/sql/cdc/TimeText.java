package io.metawal.connectors.sql.cdc;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;

/** Times as {@code SqlType} writes them. */
public final class TimeText {
    private static final long MICROS = 1_000_000;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;
    private static final int NANOS_PER_MICRO = 1_000;

    private TimeText() {}

    public static String date(LocalDate date) {
        return date.toString();
    }

    /** Of µs since midnight; {@code 24:00:00} is one of them. */
    public static String time(long micros) {
        long seconds = Math.floorDiv(micros, MICROS);
        String whole = String.format(
                Locale.ROOT, "%02d:%02d:%02d", seconds / HOUR, seconds / MINUTE % MINUTE, seconds % MINUTE);
        return whole + fraction(Math.floorMod(micros, MICROS));
    }

    public static String timestamp(LocalDateTime time) {
        long micros = time.toLocalTime().toNanoOfDay() / NANOS_PER_MICRO;
        return date(time.toLocalDate()) + " " + time(micros);
    }

    private static String fraction(long micros) {
        if (micros == 0) {
            return "";
        }
        String digits = String.format(Locale.ROOT, "%06d", micros);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return "." + digits.substring(0, end);
    }
}
