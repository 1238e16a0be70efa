package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** Written by a newer version: refuse, and name both versions. */
public final class UnsupportedFormatException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public UnsupportedFormatException(String message) {
        this(message, null);
    }

    public UnsupportedFormatException(String message, @Nullable Throwable cause) {
        super(ExitCode.UNSUPPORTED_FORMAT, message, cause);
    }
}
