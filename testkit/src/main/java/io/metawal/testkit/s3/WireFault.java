package io.metawal.testkit.s3;

/** What a proxy does to one request or its answer. */
public enum WireFault {
    NONE,
    /** The answer takes a while. */
    SLOW,
    /** The connection breaks before the server sees anything. */
    RESET_BEFORE,
    /** The server does it; the connection breaks instead of an answer. */
    RESET_AFTER,
    /** 500, and the server saw nothing. */
    ERROR_BEFORE,
    /** The server does it; the client is told 500. */
    ERROR_AFTER,
    /** 503 SlowDown, and the server saw nothing. */
    SLOW_DOWN,
    /** The answer breaks off in its middle. */
    TRUNCATED
}
