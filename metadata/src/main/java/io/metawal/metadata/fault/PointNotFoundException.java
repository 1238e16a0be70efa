package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** The asked point is unknown or outside the window; the message names the nearest. */
public final class PointNotFoundException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public PointNotFoundException(String message) {
        this(message, null);
    }

    public PointNotFoundException(String message, @Nullable Throwable cause) {
        super(ExitCode.POINT_NOT_FOUND, message, cause);
    }
}
