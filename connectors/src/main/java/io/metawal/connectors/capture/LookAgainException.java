package io.metawal.connectors.capture;

import io.metawal.metadata.fault.UnreachableException;

/** What was read is not enough, and what it told helps to read it whole the next time: nothing is wrong. */
public final class LookAgainException extends UnreachableException {
    private static final long serialVersionUID = 1L;

    public LookAgainException(String message) {
        super(message);
    }
}
