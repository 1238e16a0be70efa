package io.metawal.connectors.etcd.rpc;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** The revision that was asked for is no longer in etcd's history; a later one may be. */
public final class CompactedException extends MetawalException {
    private static final long serialVersionUID = 1L;

    private final long compacted;

    CompactedException(String message) {
        this(message, 0);
    }

    CompactedException(String message, long compacted) {
        super(ExitCode.SOURCE_CHANGED, message);
        this.compacted = compacted;
    }

    /** The revision that etcd's history was compacted at; 0 where the server does not say. */
    public long compacted() {
        return compacted;
    }
}
