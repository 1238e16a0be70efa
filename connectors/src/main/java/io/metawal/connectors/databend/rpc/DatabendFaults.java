package io.metawal.connectors.databend.rpc;

import io.grpc.Status;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;

/** What a gRPC status of a Databend meta service means for the caller. */
final class DatabendFaults {
    private DatabendFaults() {}

    /** The token is of another process: a new one may do. */
    static boolean staleToken(Status status) {
        return status.getCode() == Status.Code.UNAUTHENTICATED;
    }

    /** Whether the same request may succeed later, or at another node. */
    static boolean passing(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, ABORTED, CANCELLED, UNKNOWN -> true;
            default -> false;
        };
    }

    /** A message is past a limit: ours is told by gRPC for Java, the service's own by its library. */
    static boolean tooLarge(Status status) {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED || status.getCode() == Status.Code.OUT_OF_RANGE;
    }

    static MetawalException toFault(String endpoint, String asked, Status status) {
        String said = status.getCode()
                + (status.getDescription() == null ? "" : " (" + status.getDescription() + ")")
                + (status.getCause() == null ? "" : ": " + status.getCause().getMessage());
        String where = "databend+grpc://" + endpoint + ": " + asked;
        Throwable cause = status.asRuntimeException();
        if (passing(status)) {
            return new UnreachableException(where + " got no answer: " + said, cause);
        }
        return switch (status.getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                new MetawalException(
                        ExitCode.ACCESS_DENIED,
                        where + " was refused: " + said + ". The meta service knows the user root alone: check the URL",
                        cause);
            case UNIMPLEMENTED ->
                new UnsupportedFormatException(
                        where + " is not known to this version of the meta service: " + said
                                + ". Upgrade it, or work from its exports: metawal import databend:FILE",
                        cause);
            case RESOURCE_EXHAUSTED, OUT_OF_RANGE ->
                new MessageTooLargeException(
                        where + " brought a message that is too large: " + said
                                + ". Give a greater ?message-mib=N here, and to the service its own limit",
                        cause);
            default -> new UnsupportedFormatException(where + " failed: " + said, cause);
        };
    }
}
