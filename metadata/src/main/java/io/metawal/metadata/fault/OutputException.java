package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** The output cannot be written: its reader is gone, or the place it goes to takes nothing. */
public final class OutputException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public OutputException(String message, @Nullable Throwable cause) {
        super(ExitCode.OUTPUT_FAILED, message, cause);
    }
}
