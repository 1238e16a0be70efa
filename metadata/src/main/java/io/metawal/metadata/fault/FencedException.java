package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** A newer term exists: stop writing at once, never clean up. */
public final class FencedException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public FencedException(String message) {
        this(message, null);
    }

    public FencedException(String message, @Nullable Throwable cause) {
        super(ExitCode.FENCED, message, cause);
    }
}
