package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/**
 * A failure with a class that says what the caller may do next. The message names the thing, what was expected, what was
 * found, and the next step; it is shown to the operator as it stands.
 */
public class MetawalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    public MetawalException(ExitCode code, String message) {
        this(code, message, null);
    }

    public MetawalException(ExitCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ExitCode code() {
        return code;
    }

    /** The message, which is never absent here. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
