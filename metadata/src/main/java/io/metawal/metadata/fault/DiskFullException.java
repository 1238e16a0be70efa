package io.metawal.metadata.fault;

import org.jspecify.annotations.Nullable;

/** A file system has no room left, or its quota is used up. Whoever retries an unreachable store may retry this too. */
public final class DiskFullException extends UnreachableException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, @Nullable Throwable cause) {
        super(ExitCode.DISK_FULL, message, cause);
    }
}
