package io.metawal.connectors.etcd.rpc;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** The revision that was asked for is no longer in etcd's history; a later one may be. */
public final class CompactedException extends MetawalException {
    private static final long serialVersionUID = 1L;

    CompactedException(String message) {
        super(ExitCode.SOURCE_CHANGED, message);
    }
}
