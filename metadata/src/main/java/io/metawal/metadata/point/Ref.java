package io.metawal.metadata.point;

import io.metawal.metadata.commit.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a person names a point. Which commit that is, only the repository can say.
 *
 * @param timeline the timeline that was named, or null for the current one
 * @param number of {@code seq:} and {@code epoch:}; µs since 1970 for {@code time:}; µs back from now for {@code -PT…}
 * @param nanos what a time or a duration has beyond its µs, 0 to 999
 * @param name of {@code name:} and {@code snap:}, else empty
 * @param back how many commits before the point named ({@code ~N})
 */
public record Ref(@Nullable Integer timeline, Kind kind, long number, int nanos, String name, long back, String text) {
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

    public Ref(@Nullable Integer timeline, Kind kind, long number, String name, long back, String text) {
        this(timeline, kind, number, 0, name, back, text);
    }

    /** The moment that {@code time:} and {@code -PT…} name. */
    public Instant instant(Instant now) {
        Instant whole = kind == Kind.AGO ? now.minus(number, ChronoUnit.MICROS) : Timestamps.instant(number);
        return kind == Kind.AGO ? whole.minusNanos(nanos) : whole.plusNanos(nanos);
    }

    /** Whether it names a moment, not a commit. */
    public boolean ofTime() {
        return kind == Kind.TIME || kind == Kind.AGO;
    }

    @Override
    public String toString() {
        return text;
    }
}
