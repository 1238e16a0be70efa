package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** A conditional create lost: something is there already. Read it before deciding anything. */
public final class ObjectExistsException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public ObjectExistsException(String message) {
        this(message, null);
    }

    public ObjectExistsException(String message, @Nullable Throwable cause) {
        super(ExitCode.CONFLICT, message, cause);
    }
}
