package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** An object that was read by name is not there. What follows from that is the caller's to say. */
public final class ObjectNotFoundException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public ObjectNotFoundException(String message) {
        this(message, null);
    }

    public ObjectNotFoundException(String message, @Nullable Throwable cause) {
        super(ExitCode.CORRUPT, message, cause);
    }
}
