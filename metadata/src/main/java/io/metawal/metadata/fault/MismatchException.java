package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** Bytes are intact but do not prove what they should: chain, digest or count differ. */
public final class MismatchException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public MismatchException(String message) {
        this(message, null);
    }

    public MismatchException(String message, @Nullable Throwable cause) {
        super(ExitCode.MISMATCH, message, cause);
    }
}
