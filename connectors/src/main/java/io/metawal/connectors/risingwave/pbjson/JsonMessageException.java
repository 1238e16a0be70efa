package io.metawal.connectors.risingwave.pbjson;

import java.io.IOException;

/** JSON that is not of the message it should be. */
public final class JsonMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    JsonMessageException(String thing, String expected, String found) {
        super(thing + ": expected " + expected + ", found " + (found.length() > 80 ? found.substring(0, 80) : found));
    }
}
