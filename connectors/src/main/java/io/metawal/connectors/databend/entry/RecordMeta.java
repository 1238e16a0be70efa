package io.metawal.connectors.databend.entry;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final String NUMBER = "(?:null|0|[1-9]\\d{0,19})";
    private static final Pattern FORM = Pattern.compile("\\{\"expire_at\":(" + NUMBER + ")(?:,\"proposed_at_ms\":"
            + NUMBER + ")?\\}|\\{\"proposed_at_ms\":" + NUMBER + "\\}");

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
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        String expire = m.group(1);
        return Optional.of(
                expire == null || expire.equals("null")
                        ? new RecordMeta(text, false, -1)
                        : new RecordMeta(text, true, expireMs(Long.parseUnsignedLong(expire))));
    }

    /** A time in the export's unit, which its size tells, in milliseconds. */
    public static long expireMs(long expireAt) {
        return Long.compareUnsigned(expireAt, SECONDS_MAX) > 0 ? expireAt : expireAt * 1000;
    }
}
