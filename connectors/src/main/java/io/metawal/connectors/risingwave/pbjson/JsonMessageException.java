package io.metawal.connectors.risingwave.pbjson;

import java.io.IOException;

/** JSON that is not of the message it should be. */
public final class JsonMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean newer;

    JsonMessageException(String thing, String expected, String found) {
        this(false, thing, expected, found);
    }

    private JsonMessageException(boolean newer, String thing, String expected, String found) {
        super(thing + ": expected " + expected + ", found " + (found.length() > 80 ? found.substring(0, 80) : found));
        this.newer = newer;
    }

    static JsonMessageException unknownConstant(String thing, String known, String found) {
        return new JsonMessageException(true, thing, "one of " + known, found);
    }

    /** Whether it may be right, and of a newer RisingWave than those known. */
    public boolean newer() {
        return newer;
    }
}
