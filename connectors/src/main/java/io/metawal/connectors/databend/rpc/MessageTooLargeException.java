package io.metawal.connectors.databend.rpc;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** A message is past a limit, ours or the service's: ask for smaller ones. */
public final class MessageTooLargeException extends MetawalException {
    private static final long serialVersionUID = 1L;

    MessageTooLargeException(String message, Throwable cause) {
        super(ExitCode.UNSUPPORTED_FORMAT, message, cause);
    }
}
