package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** The request may or may not have taken effect: re-read to find out, and never clean up. */
public final class UnknownOutcomeException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public UnknownOutcomeException(String message) {
        this(message, null);
    }

    public UnknownOutcomeException(String message, @Nullable Throwable cause) {
        super(ExitCode.UNREACHABLE, message, cause);
    }
}
