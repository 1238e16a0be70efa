package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** The history has a hole where it is needed; the message names the nearest points on both sides. */
public final class GapException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public GapException(String message) {
        this(message, null);
    }

    public GapException(String message, @Nullable Throwable cause) {
        super(ExitCode.GAP, message, cause);
    }
}
