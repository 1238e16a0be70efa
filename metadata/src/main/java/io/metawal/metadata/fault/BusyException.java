package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** Another process holds what is needed; ask it to stop, or wait. */
public final class BusyException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public BusyException(String message) {
        this(message, null);
    }

    public BusyException(String message, @Nullable Throwable cause) {
        super(ExitCode.BUSY, message, cause);
    }
}
