package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** The source is not the one this history came from, or it went back. */
public final class SourceChangedException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public SourceChangedException(String message) {
        this(message, null);
    }

    public SourceChangedException(String message, @Nullable Throwable cause) {
        super(ExitCode.SOURCE_CHANGED, message, cause);
    }
}
