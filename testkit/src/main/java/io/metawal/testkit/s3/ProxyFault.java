package io.metawal.testkit.s3;

/** What can happen to one request on its way. */
public enum ProxyFault {
    /** It never reaches the service, and the connection is reset. */
    RESET_BEFORE,
    /** The service does it, and the connection is reset before the answer. */
    RESET_AFTER,
    /** It never reaches the service: 503 SlowDown. */
    SLOW_DOWN,
    /** It never reaches the service: 500, with a body that is no XML. */
    GARBLED_500,
    /** The service does it, and the client is told 500 InternalError. */
    ERROR_AFTER,
    /** It never reaches the service: 200 with an error in the body, as a slow completion of an upload may end. */
    OK_WITH_ERROR,
    /** The service does it, and the client is told as above. */
    OK_WITH_ERROR_AFTER,
    /** Half of the answer's body, then the end of the connection. */
    TRUNCATE,
    /** The service does it, and the answer comes late. */
    LATE;

    boolean reaches() {
        return this == RESET_AFTER
                || this == ERROR_AFTER
                || this == OK_WITH_ERROR_AFTER
                || this == TRUNCATE
                || this == LATE;
    }
}
