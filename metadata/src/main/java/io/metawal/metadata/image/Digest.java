package io.metawal.metadata.image;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.metawal.metadata.fault.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A 128-bit hash of an image that does not depend on order: the sum, modulo 2^128, of one {@link EntryHash} per entry,
 * with the count of entries. Adding and removing an entry costs what the entry costs. Printed as {@code <32 hex>-<count>}.
 */
public record Digest(long high, long low, long count) {
    public static final Digest EMPTY = new Digest(0, 0, 0);
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{16})([0-9a-f]{16})-(\\d{1,18})");

    public static Digest of(Entry entry) {
        return EntryHash.of(entry);
    }

    public Digest plus(Digest other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new Digest(high + other.high + carry, sum, count + other.count);
    }

    public Digest minus(Digest other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        return new Digest(high - other.high - borrow, low - other.low, count - other.count);
    }

    @JsonCreator
    public static Digest parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new UsageException("\"" + text + "\" is not a digest: expected 32 hex digits, a dash, and a count");
        }
        return new Digest(
                Long.parseUnsignedLong(m.group(1), 16),
                Long.parseUnsignedLong(m.group(2), 16),
                Long.parseLong(m.group(3)));
    }

    @JsonValue
    @Override
    public String toString() {
        return String.format("%016x%016x-%d", high, low, count);
    }
}
