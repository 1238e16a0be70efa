package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;

/** Positions as other packages' tests need them. */
public final class Positions {
    private Positions() {}

    public static SqlPosition parse(ByteString bytes) {
        return SqlPosition.parse(bytes);
    }
}
