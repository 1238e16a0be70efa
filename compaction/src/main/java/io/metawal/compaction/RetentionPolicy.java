package io.metawal.compaction;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.Hold;
import java.time.Instant;
import java.util.List;

/** Decides how far back the window is promised. Pure: it looks at positions, holds and {@code now}, and deletes nothing. */
@FunctionalInterface
public interface RetentionPolicy {
    /** Keeps every commit for ever. */
    RetentionPolicy KEEP_ALL = (oldest, newest, holds, now) -> oldest;

    /** The first position that stays restorable; never before {@code oldest}, nor past what a hold that has not lapsed needs. */
    Position keepFrom(Position oldest, Position newest, List<Hold> holds, Instant now);
}
