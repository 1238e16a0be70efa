package io.metawal.metadata.point;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.UsageException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code latest | seq:N | epoch:N | time:RFC3339 | -PT15M | ago:PT15M | name:LABEL | snap:ID | REF~N | TL@REF}, and {@code A..B}. */
public final class RefParser {
    private static final Pattern OUTER = Pattern.compile("(?:(\\d{1,9})@)?(.*?)(?:~(\\d{1,18}))?");
    private static final String GRAMMAR =
            "expected latest, seq:N, epoch:N, time:RFC3339-with-zone, -PT15M, ago:PT15M, name:LABEL or snap:ID, with ~N behind"
                    + " or TIMELINE@ before it";

    /** U+2212, which is read as the minus sign of a duration, too: it begins no option of a command line. */
    public static final char MINUS = '\u2212';

    private RefParser() {}

    /** A ref or a range as it was typed. */
    public static String typed(String text) {
        return text.replace(MINUS, '-');
    }

    public static Ref parse(String given) {
        String text = typed(given);
        Matcher m = OUTER.matcher(text);
        if (!m.matches() || m.group(2).isEmpty()) {
            throw unknown(text);
        }
        Integer timeline = m.group(1) == null ? null : Integer.valueOf(m.group(1));
        if (timeline != null && timeline < 1) {
            throw new UsageException("\"" + text + "\": timelines are numbered from 1");
        }
        long back = m.group(3) == null ? 0 : Long.parseLong(m.group(3));
        return anchored(timeline, m.group(2), back, text);
    }

    private static Ref anchored(@Nullable Integer timeline, String anchor, long back, String text) {
        if (anchor.equals("latest")) {
            return new Ref(timeline, Ref.Kind.LATEST, 0, "", back, text);
        }
        if (anchor.startsWith("-P")) {
            return ago(timeline, anchor, back, text);
        }
        int colon = anchor.indexOf(':');
        String kind = colon < 0 ? "" : anchor.substring(0, colon);
        String rest = anchor.substring(colon + 1);
        return switch (kind) {
            case "seq" -> new Ref(timeline, Ref.Kind.SEQ, number(rest, text), "", back, text);
            case "epoch" -> new Ref(timeline, Ref.Kind.EPOCH, number(rest, text), "", back, text);
            case "time" ->
                new Ref(timeline, Ref.Kind.TIME, Timestamps.parse(rest), Timestamps.nanosBeyond(rest), "", back, text);
            case "ago" -> ago(timeline, "-" + rest, back, text);
            case "name" -> new Ref(timeline, Ref.Kind.NAME, 0, Label.check(rest), back, text);
            case "snap" -> new Ref(timeline, Ref.Kind.SNAPSHOT, 0, rest, back, text);
            default -> throw unknown(text);
        };
    }

    /** Reads {@code A..B}; either side may be left out, meaning the window's start or its end. */
    public static RefRange parseRange(String text) {
        int dots = text.indexOf("..");
        if (dots < 0) {
            throw new UsageException("\"" + text + "\" is not a range: expected A..B, such as seq:10..latest");
        }
        String from = text.substring(0, dots);
        String to = text.substring(dots + 2);
        return new RefRange(from.isEmpty() ? null : parse(from), to.isEmpty() ? null : parse(to));
    }

    private static Ref ago(@Nullable Integer timeline, String duration, long back, String text) {
        Duration ago = ago(duration, text);
        int nanos = ago.toNanosPart() % 1000;
        return new Ref(timeline, Ref.Kind.AGO, micros(ago, text), nanos, "", back, text);
    }

    private static Duration ago(String duration, String text) {
        try {
            Duration ago = Duration.parse(duration).negated();
            if (ago.isNegative()) {
                throw new UsageException(
                        "\"" + text + "\" lies in the future: expected a duration back, such as -PT15M");
            }
            return ago;
        } catch (ArithmeticException e) {
            throw new UsageException("\"" + text + "\" goes back further than times are counted", e);
        } catch (DateTimeParseException e) {
            throw new UsageException(
                    "\"" + text + "\" is not an ISO 8601 duration: expected one such as -PT15M or -P1DT2H", e);
        }
    }

    private static long micros(Duration ago, String text) {
        try {
            return Math.addExact(Math.multiplyExact(ago.getSeconds(), 1_000_000L), ago.getNano() / 1000);
        } catch (ArithmeticException e) {
            throw new UsageException("\"" + text + "\" goes back further than times are counted", e);
        }
    }

    private static long number(String digits, String text) {
        try {
            long number = Long.parseLong(digits);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException("\"" + text + "\": \"" + digits + "\" is not a number from 0 to 2^63-1", e);
        }
        throw new UsageException("\"" + text + "\": \"" + digits + "\" is not a number from 0 to 2^63-1");
    }

    private static UsageException unknown(String text) {
        return new UsageException("\"" + text + "\" does not name a point: " + GRAMMAR);
    }
}
