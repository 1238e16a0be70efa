package io.metawal.metadata.port;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A claim on history, as data: listed, renewed, lapsing.
 *
 * @param id unique in the repository
 * @param scope whether everything from the seq on is needed, or that point alone
 * @param expires when it lapses; null for never
 */
public record Hold(
        String id,
        Scope scope,
        int timeline,
        long seq,
        String owner,
        String reason,
        @Nullable Instant expires) {
    /** How much a hold keeps. */
    public enum Scope {
        FROM,
        POINT
    }

    public boolean lapsed(Instant now) {
        return expires != null && !now.isBefore(expires);
    }
}
