package io.metawal.pitr.plan;

import io.metawal.storage.repository.Line;

/**
 * The commits that a range of a log means.
 *
 * @param first the first seq, which may be one past the end of the line: then there is none yet
 * @param last the last seq; {@code Long.MAX_VALUE} where the range is open
 * @param clamped whether the range reached beyond what is there
 */
public record LogRange(Line line, long first, long last, boolean clamped) {
    public boolean isEmpty() {
        return first > Math.min(last, line.lastSeq());
    }
}
