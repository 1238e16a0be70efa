package io.metawal.metadata.point;

import org.jspecify.annotations.Nullable;

/**
 * How a person names a point. Which commit that is, only the repository can say.
 *
 * @param timeline the timeline that was named, or null for the current one
 * @param number of {@code seq:} and {@code epoch:}; µs since 1970 for {@code time:}; µs back from now for {@code -PT…}
 * @param name of {@code name:} and {@code snap:}, else empty
 * @param back how many commits before the point named ({@code ~N})
 */
public record Ref(@Nullable Integer timeline, Kind kind, long number, String name, long back, String text) {
    /** What a point is named by. */
    public enum Kind {
        LATEST,
        SEQ,
        EPOCH,
        TIME,
        AGO,
        NAME,
        SNAPSHOT
    }

    public static final Ref LATEST = new Ref(null, Kind.LATEST, 0, "", 0, "latest");

    @Override
    public String toString() {
        return text;
    }
}
