package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** Times out of a row's bytes, as the server prints them, those that no calendar has included: {@code 0000-00-00}, {@code -838:59:59}. */
final class PrintedTimes {
    private static final int MICROS_DIGITS = 6;
    private static final long DATETIME_SIGN = 0x80_0000_0000L;
    private static final long TIME_SIGN = 0x80_0000L;

    private PrintedTimes() {}

    /** Three bytes, little-endian: 15 bits of the year, 4 of the month, 5 of the day. */
    static String date(ByteArrayInputStream in) throws IOException {
        int value = in.readInteger(3);
        return ymd(value >> 9, value >> 5 & 0xF, value & 0x1F);
    }

    /** Five bytes, big-endian: a sign, 17 bits of year*13+month, 5 of the day, 5, 6 and 6 of the time; then the fraction. */
    static String datetime(int digits, ByteArrayInputStream in) throws IOException {
        long value = bigEndian(in, 5) - DATETIME_SIGN;
        long yearMonth = value >> 22;
        String day = ymd((int) (yearMonth / 13), (int) (yearMonth % 13), (int) (value >> 17 & 0x1F));
        return day + " " + hms((int) (value >> 12 & 0x1F), value, fraction(bigEndian(in, bytes(digits)), digits));
    }

    /** Four bytes, big-endian: seconds since 1970; then the fraction. Zero is the server's word for no time. */
    static String timestamp(int digits, ByteArrayInputStream in) throws IOException {
        long seconds = bigEndian(in, 4);
        long stored = bigEndian(in, bytes(digits));
        String fraction = fraction(stored, digits);
        if (seconds == 0 && stored == 0) {
            return "0000-00-00 00:00:00" + fraction;
        }
        LocalDateTime time = LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
        return ymd(time.getYear(), time.getMonthValue(), time.getDayOfMonth()) + " "
                + String.format(Locale.ROOT, "%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond())
                + fraction;
    }

    /** Three bytes, big-endian: a sign, a spare bit, 10 bits of hours, 6 and 6; then the fraction. Below zero the whole is complemented. */
    static String time(int digits, ByteArrayInputStream in) throws IOException {
        int bytes = bytes(digits);
        long whole = bigEndian(in, 3) - TIME_SIGN << 8 * bytes | bigEndian(in, bytes);
        long value = Math.abs(whole);
        long integral = value >> 8 * bytes;
        return (whole < 0 ? "-" : "")
                + hms((int) (integral >> 12 & 0x3FF), integral, fraction(value & (1L << 8 * bytes) - 1, digits));
    }

    /** The same in 64 bits: date and time above 24 bits of microseconds, a sign before all. */
    static String packedDatetime(long packed) {
        long value = Math.abs(packed);
        return packedDate(packed) + " " + hms((int) (value >> 36 & 0x1F), value >> 24, micros(value));
    }

    static String packedDate(long packed) {
        long yearMonth = Math.abs(packed) >> 46;
        return ymd((int) (yearMonth / 13), (int) (yearMonth % 13), (int) (Math.abs(packed) >> 41 & 0x1F));
    }

    static String packedTime(long packed) {
        long value = Math.abs(packed);
        return (packed < 0 ? "-" : "") + hms((int) (value >> 36 & 0x3FF), value >> 24, micros(value));
    }

    private static String micros(long packed) {
        return String.format(Locale.ROOT, ".%06d", packed & 0xFF_FFFF);
    }

    private static String ymd(int year, int month, int day) {
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year, month, day);
    }

    private static String hms(int hours, long packed, String fraction) {
        return String.format(Locale.ROOT, "%02d:%02d:%02d", hours, packed >> 6 & 0x3F, packed & 0x3F) + fraction;
    }

    private static int bytes(int digits) {
        return (digits + 1) / 2;
    }

    /** An odd number of digits is stored as one more. */
    private static String fraction(long stored, int digits) {
        if (digits == 0) {
            return "";
        }
        int written = 2 * bytes(digits);
        String padded = String.format(Locale.ROOT, "%0" + written + "d", stored);
        return "." + padded.substring(0, Math.min(digits, MICROS_DIGITS));
    }

    private static long bigEndian(ByteArrayInputStream in, int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.read();
        }
        return value;
    }
}
