package io.metawal.connectors.etcd;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;

/** The log cannot be continued from where it ends: a gap is to be recorded, for the reason of the message, and a base to follow. */
final class BaseNeededException extends MetawalException {
    private static final long serialVersionUID = 1L;

    BaseNeededException(String reason) {
        super(ExitCode.SOURCE_CHANGED, reason);
    }

    /** @param complete the revision that was captured last */
    static BaseNeededException compacted(long complete) {
        return new BaseNeededException("etcd had compacted its history past revision " + complete);
    }
}
