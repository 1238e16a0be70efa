package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** The request itself is wrong; the message names the field and what is allowed. */
public final class UsageException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        this(message, null);
    }

    public UsageException(String message, @Nullable Throwable cause) {
        super(ExitCode.USAGE, message, cause);
    }
}
