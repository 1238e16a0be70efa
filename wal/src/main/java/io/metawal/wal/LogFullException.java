package io.metawal.wal;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** The log has reached its bound and took nothing; it takes again once the archive has come forward and it was trimmed. */
public final class LogFullException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public LogFullException(String message) {
        super(ExitCode.UNREACHABLE, message);
    }
}
