package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** A store or service did not answer; nothing was changed. Retrying later is safe. */
public class UnreachableException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String message) {
        this(message, null);
    }

    public UnreachableException(String message, @Nullable Throwable cause) {
        super(ExitCode.UNREACHABLE, message, cause);
    }

    UnreachableException(ExitCode code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
