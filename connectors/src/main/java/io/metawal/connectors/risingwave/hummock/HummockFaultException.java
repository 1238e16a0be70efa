package io.metawal.connectors.risingwave.hummock;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import org.jspecify.annotations.Nullable;

/**
 * A Hummock version that contradicts itself, or a delta that does not fit the version it is applied to. Nothing was changed:
 * keep the delta raw, and take a new base from the checkpoint.
 */
public final class HummockFaultException extends MetawalException {
    private static final long serialVersionUID = 1L;

    /** @param thing what does not fit, such as {@code group 2 level 3} */
    HummockFaultException(String thing, String expected, String found) {
        this(thing + ": expected " + expected + ", found " + found, null);
    }

    private HummockFaultException(String message, @Nullable Throwable cause) {
        super(ExitCode.MISMATCH, message, cause);
    }

    /** The same, saying of which delta and at which version; both ids are unsigned. */
    HummockFaultException at(long deltaId, long versionId) {
        return new HummockFaultException(
                "Hummock delta " + Long.toUnsignedString(deltaId) + " does not fit version "
                        + Long.toUnsignedString(versionId) + ": " + text()
                        + "; the version stays as it was: take a new base from the checkpoint",
                this);
    }
}
