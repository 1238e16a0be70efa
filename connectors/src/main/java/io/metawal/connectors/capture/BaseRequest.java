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

    /** A base is in the log: whatever was wrong before it is right. */
    public void done() {
        reason.set(null);
    }
}
