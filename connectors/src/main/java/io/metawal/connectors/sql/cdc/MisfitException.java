package io.metawal.connectors.sql.cdc;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** The log tells of a row that its table, as it was described last, could not have: the table was altered. */
public final class MisfitException extends MetawalException {
    private static final long serialVersionUID = 1L;

    public MisfitException(String message) {
        super(ExitCode.MISMATCH, message);
    }
}
