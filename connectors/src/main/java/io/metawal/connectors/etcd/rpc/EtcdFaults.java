package io.metawal.connectors.etcd.rpc;

import io.grpc.Status;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;

/** What a gRPC status of etcd means for the caller. */
final class EtcdFaults {
    private EtcdFaults() {}

    /** The token is of another time: a new one may do. */
    static boolean staleToken(Status status) {
        return says(status, "invalid auth token") || says(status, "revision of auth store is old");
    }

    /** The user may not, however often it is asked. */
    static boolean denied(Status status) {
        return status.getCode() == Status.Code.PERMISSION_DENIED
                || status.getCode() == Status.Code.UNAUTHENTICATED
                || says(status, "user name is empty")
                || says(status, "authentication failed")
                || says(status, "permission denied");
    }

    static boolean compacted(Status status) {
        return says(status, "has been compacted");
    }

    /** A learner serves nobody; another endpoint may be a voter. */
    private static boolean learner(Status status) {
        return says(status, "not supported for learner");
    }

    /** The server has not come as far as the revision that was asked for: it lags, or was put back. */
    private static boolean future(Status status) {
        return says(status, "is a future revision");
    }

    /** The request is larger than the server's settings allow. */
    static boolean beyondLimits(Status status) {
        return says(status, "request is too large")
                || says(status, "message larger than max")
                || says(status, "too many operations in txn request");
    }

    static boolean full(Status status) {
        return says(status, "database space exceeded");
    }

    /** Whether the same request may succeed later. */
    static boolean passing(Status status) {
        if (learner(status)) {
            return true;
        }
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, ABORTED -> true;
            case RESOURCE_EXHAUSTED -> says(status, "too many requests");
            case UNKNOWN, CANCELLED -> status.getDescription() == null || !says(status, "etcdserver:");
            default -> false;
        };
    }

    private static boolean says(Status status, String words) {
        String description = status.getDescription();
        return description != null && description.contains(words);
    }

    static MetawalException toFault(EtcdAddress address, String asked, Status status) {
        String said = status.getCode() + (status.getDescription() == null ? "" : " (" + status.getDescription() + ")");
        if (compacted(status)) {
            return new CompactedException(address + ": " + asked + ": " + said);
        }
        if (learner(status)) {
            return new UnreachableException(
                    address + ": " + asked + " reached a learner, which serves no clients. Name the voting members",
                    status.asRuntimeException());
        }
        if (future(status)) {
            return new UnreachableException(
                    address + ": " + asked + " reached a member that is at an earlier revision: " + said,
                    status.asRuntimeException());
        }
        if (beyondLimits(status)) {
            return new RequestLimitException(
                    address + ": " + asked + " is larger than this etcd takes: " + said
                            + ". Start it with a larger --max-request-bytes, or --max-txn-ops",
                    status.asRuntimeException());
        }
        if (full(status)) {
            return new DiskFullException(
                    address + ": " + asked + " was refused: " + said
                            + ". Compact and defragment it, or raise --quota-backend-bytes; then `etcdctl alarm disarm`",
                    status.asRuntimeException());
        }
        if (passing(status) || staleToken(status)) {
            return new UnreachableException(
                    address + ": " + asked + " got no answer: " + said + cause(status), status.asRuntimeException());
        }
        if (denied(status)) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    address + ": " + asked + " was refused: " + said + ". Check user, password, and the user's role",
                    status.asRuntimeException());
        }
        return new UnsupportedFormatException(address + ": " + asked + " failed: " + said, status.asRuntimeException());
    }

    private static String cause(Status status) {
        return status.getCause() == null ? "" : ": " + status.getCause().getMessage();
    }
}
