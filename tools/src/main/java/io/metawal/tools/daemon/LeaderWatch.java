package io.metawal.tools.daemon;

import io.metawal.storage.repository.Leader;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a writer elsewhere is taken for dead: when it says that it stopped, or when its head has not changed for so long. Only
 * the watcher's own clock counts. To be wrong about it costs a change of writer, nothing else: the term decides (I8). Pure.
 */
final class LeaderWatch {
    private final Duration patience;
    private Leader last = Leader.NONE;
    private long sinceNanos;
    private boolean looked;

    LeaderWatch(Duration patience) {
        this.patience = patience;
    }

    /** Why the role may be taken; null while its holder seems to live. */
    @Nullable
    String verdict(Leader seen, long nowNanos) {
        if (seen.term() == 0) {
            return "nobody has it";
        }
        if (seen.released()) {
            return "the writer of term " + seen.term() + " has stopped";
        }
        if (!looked || !seen.equals(last)) {
            looked = true;
            last = seen;
            sinceNanos = nowNanos;
            return null;
        }
        long silent = nowNanos - sinceNanos;
        return silent < patience.toNanos()
                ? null
                : "the writer of term " + seen.term() + " has given no sign of life for " + silent / 1_000_000 + " ms";
    }

    /** Nothing could be seen: what it did meanwhile is not known, and its time begins anew. */
    void blind() {
        looked = false;
    }

    Leader last() {
        return last;
    }
}
