package io.metawal.connectors.sql.binlog;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Doubles as MySQL prints them in JSON: the fewest digits that read back as the same number, with an exponent where the number is large or
 * small. Source: {@code my_gcvt} in {@code strings/dtoa.cc} of MySQL.
 */
final class PrintedDoubles {
    private static final int SURE_DIGITS = 15;
    private static final int DIGITS_MAX = 17;
    private static final int POINT_MAX = 15;

    private PrintedDoubles() {}

    static String inJson(double number) {
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(number)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();
        boolean plain = point > -POINT_MAX && (point <= POINT_MAX || digits.length() > point);
        String text = plain ? plain(digits, point) : exponent(digits, point);
        boolean whole = text.chars().allMatch(c -> c >= '0' && c <= '9');
        return (number < 0 ? "-" : "") + text + (whole ? ".0" : "");
    }

    /**
     * A number of up to 15 digits is the only one of that length in reach, and a shorter one is that with zeros at its end; of 16, the next
     * one may be in reach, too. Next to zero, where doubles lie further apart than that, any length may do.
     */
    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = number < Double.MIN_NORMAL ? 1 : SURE_DIGITS; digits < DIGITS_MAX; digits++) {
            for (RoundingMode rounding : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP}) {
                BigDecimal rounded = exact.round(new MathContext(digits, rounding));
                if (rounded.doubleValue() == number) {
                    return rounded;
                }
            }
        }
        return exact.round(new MathContext(DIGITS_MAX, RoundingMode.HALF_EVEN));
    }

    private static String plain(String digits, int point) {
        if (point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        return point >= digits.length()
                ? digits + "0".repeat(point - digits.length())
                : digits.substring(0, point) + "." + digits.substring(point);
    }

    private static String exponent(String digits, int point) {
        return digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "") + "e" + (point - 1);
    }
}
