package io.metawal.connectors.databend.entry;

import java.util.Optional;

/**
 * What stands beside a record's bytes in an export, to the letter: {@code null}, {@code {}}, {@code {"expire_at":null}},
 * {@code {"expire_at":N}}, {@code {"proposed_at_ms":N}} or both. The first three mean the same and differ by version.
 *
 * @param expires whether it is given when the record expires
 * @param expireMs when, ms since 1970, unsigned; -1, the greatest, where it never does
 */
public record RecordMeta(String text, boolean expires, long expireMs) {
    public static final RecordMeta NULL = new RecordMeta("null", false, -1);
    public static final RecordMeta EMPTY = new RecordMeta("{}", false, -1);
    public static final RecordMeta EXPIRE_NULL = new RecordMeta("{\"expire_at\":null}", false, -1);

    /** What is greater is in milliseconds, what is not in seconds. */
    private static final long SECONDS_MAX = 100_000_000_000L;

    private static final String EXPIRE = "\"expire_at\":";
    private static final String PROPOSED = "\"proposed_at_ms\":";
    private static final int DIGITS_MAX = 20;

    /** The meta of this text; empty where it is of another form. {@code NumberFormatException} beyond 64 bits. */
    public static Optional<RecordMeta> parse(String text) {
        if (text.equals(NULL.text)) {
            return Optional.of(NULL);
        }
        if (text.equals(EMPTY.text)) {
            return Optional.of(EMPTY);
        }
        if (text.equals(EXPIRE_NULL.text)) {
            return Optional.of(EXPIRE_NULL);
        }
        boolean expire = text.startsWith(EXPIRE, 1);
        int expireEnd = expire ? numberEnd(text, 1 + EXPIRE.length()) : 1;
        int proposed = expire && text.startsWith(",", expireEnd) ? expireEnd + 1 : expireEnd;
        boolean both = text.startsWith(PROPOSED, proposed) && (!expire || proposed > expireEnd);
        int end = both ? numberEnd(text, proposed + PROPOSED.length()) : expireEnd;
        boolean usual = text.startsWith("{") && (expire || both) && end == text.length() - 1 && text.charAt(end) == '}';
        if (!usual) {
            return Optional.empty();
        }
        String at = expire ? text.substring(1 + EXPIRE.length(), expireEnd) : "null";
        return Optional.of(
                at.equals("null")
                        ? new RecordMeta(text, false, -1)
                        : new RecordMeta(text, true, expireMs(Long.parseUnsignedLong(at))));
    }

    /** One past the number, or the {@code null}, at a place; -1 where there is none as exports write it. */
    private static int numberEnd(String text, int at) {
        if (text.startsWith("null", at)) {
            return at + 4;
        }
        int end = at;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        boolean usual = end > at && end - at <= DIGITS_MAX && (text.charAt(at) != '0' || end == at + 1);
        return usual ? end : -1;
    }

    /** Whether the time is written in milliseconds. */
    public boolean inMillis() {
        int at = text.indexOf(EXPIRE) + EXPIRE.length();
        return expires
                && text.startsWith(EXPIRE, 1)
                && Long.compareUnsigned(Long.parseUnsignedLong(text, at, numberEnd(text, at), 10), SECONDS_MAX) > 0;
    }

    /** A time in the export's unit, which its size tells, in milliseconds. */
    public static long expireMs(long expireAt) {
        return Long.compareUnsigned(expireAt, SECONDS_MAX) > 0 ? expireAt : expireAt * 1000;
    }
}
