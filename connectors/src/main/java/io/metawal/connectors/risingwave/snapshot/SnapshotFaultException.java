package io.metawal.connectors.risingwave.snapshot;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import org.jspecify.annotations.Nullable;

/** A snapshot or manifest of RisingWave's that cannot be taken as it is. Nothing of it was used. */
public final class SnapshotFaultException extends MetawalException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        /** The bytes are not those that were written. */
        CHECKSUM(ExitCode.CORRUPT),
        /** It ends in the middle of something. */
        TRUNCATED(ExitCode.CORRUPT),
        /** Two numbers that must be the same are not. */
        COUNT(ExitCode.CORRUPT),
        /** What stands there is no row, message or number of its kind. */
        CONTENT(ExitCode.CORRUPT),
        /** The sections are not those of the version that it says it is of. */
        LAYOUT(ExitCode.UNSUPPORTED_FORMAT),
        /** Written by a version that is not known yet. */
        NEWER(ExitCode.UNSUPPORTED_FORMAT);

        private final ExitCode code;

        Kind(ExitCode code) {
            this.code = code;
        }
    }

    private final Kind kind;

    public SnapshotFaultException(Kind kind, String message) {
        this(kind, message, null);
    }

    public SnapshotFaultException(Kind kind, String message, @Nullable Throwable cause) {
        super(kind.code, message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
