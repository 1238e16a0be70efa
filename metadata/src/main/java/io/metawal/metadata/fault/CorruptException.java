package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** Stored bytes are not what was written: do not retry, do not delete; verify, or read from another copy. */
public final class CorruptException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public CorruptException(String message) {
        this(message, null);
    }

    public CorruptException(String message, @Nullable Throwable cause) {
        super(ExitCode.CORRUPT, message, cause);
    }
}
