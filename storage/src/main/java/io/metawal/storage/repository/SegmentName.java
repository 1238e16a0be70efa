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
        if (!m.matches()) {
            return Optional.empty();
        }
        SegmentName name = new SegmentName(
                Integer.parseUnsignedInt(m.group(1), 16),
                Long.parseUnsignedLong(m.group(2), 16),
                Long.parseUnsignedLong(m.group(3), 16),
                Long.parseLong(m.group(4), 16));
        boolean possible = name.timeline > 0 && name.first > 0 && name.first <= name.last;
        return possible ? Optional.of(name) : Optional.empty();
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
