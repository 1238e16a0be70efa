package io.metawal.wal;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** The log has reached its bound and took nothing; it takes again once the archive has come forward and it was trimmed. */
public final class LogFullException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public LogFullException(String message) {
        this(ExitCode.UNREACHABLE, message);
    }

    private LogFullException(ExitCode code, String message) {
        super(code, message);
    }

    /** The bound is that of the disk. */
    public static LogFullException diskFull(String message) {
        return new LogFullException(ExitCode.DISK_FULL, message);
    }
}
