package io.metawal.storage.repository;

import io.metawal.storage.object.ObjectKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A segment's key: {@code segments/<timeline>/<first>-<last>.<term>}. Ordered by timeline, first, last, term. */
public record SegmentName(int timeline, long first, long last, long term) implements Comparable<SegmentName> {
    private static final Pattern FORM =
            Pattern.compile("segments/([0-9a-f]{8})/([0-9a-f]{16})-([0-9a-f]{16})\\.([0-9a-f]{8})");

    public static Optional<SegmentName> parse(ObjectKey key) {
        Matcher m = FORM.matcher(key.value());
        return m.matches()
                ? Optional.of(new SegmentName(
                        Integer.parseInt(m.group(1), 16),
                        Long.parseLong(m.group(2), 16),
                        Long.parseLong(m.group(3), 16),
                        Long.parseLong(m.group(4), 16)))
                : Optional.empty();
    }

    public static String prefix(int timeline) {
        return Keys.SEGMENTS + Keys.hex32(timeline) + "/";
    }

    public ObjectKey key() {
        return new ObjectKey(prefix(timeline) + Keys.hex64(first) + "-" + Keys.hex64(last) + "." + Keys.hex32(term));
    }

    @Override
    public int compareTo(SegmentName other) {
        return key().compareTo(other.key());
    }

    @Override
    public String toString() {
        return key().value();
    }
}
