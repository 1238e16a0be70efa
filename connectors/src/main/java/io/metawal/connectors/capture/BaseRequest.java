package io.metawal.connectors.capture;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A request for a new base, from those who found that the image is wrong to the thread that captures. Safe for several threads. */
public final class BaseRequest {
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

    /** Asks; a request that is open stays as it is. */
    public void ask(String gapReason) {
        reason.compareAndSet(null, gapReason);
    }

    /** The reason of the gap before the base that is asked for; null where none is. */
    public @Nullable String reason() {
        return reason.get();
    }

    /** A base whose gap says {@code answered} is in the log; what was asked for since stays open. */
    public void done(@Nullable String answered) {
        if (answered != null) {
            reason.compareAndSet(answered, null);
        }
    }

    /** The reason of a gap that a base records: what was asked for is never lost behind another reason. */
    public static @Nullable String with(@Nullable String gap, @Nullable String asked) {
        if (gap == null || asked == null) {
            return gap == null ? asked : gap;
        }
        return gap.contains(asked) ? gap : gap + "; " + asked;
    }
}
