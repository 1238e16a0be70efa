package io.metawal.connectors.etcd.rpc;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import org.jspecify.annotations.Nullable;

/** A request has more bytes or operations than the server takes: the same request never succeeds there. */
public final class RequestLimitException extends MetawalException {
    private static final long serialVersionUID = 1L;

    RequestLimitException(String message, @Nullable Throwable cause) {
        super(ExitCode.UNSUPPORTED_FORMAT, message, cause);
    }
}
