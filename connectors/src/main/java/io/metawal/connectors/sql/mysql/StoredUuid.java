package io.metawal.connectors.sql.mysql;

import java.util.Arrays;
import java.util.HexFormat;

/** MariaDB's {@code uuid} as its rows hold it. */
final class StoredUuid {
    private static final int BYTES = 16;

    private StoredUuid() {}

    static String print(byte[] stored) {
        byte[] bytes = Arrays.copyOf(stored, BYTES);
        String hex = HexFormat.of().formatHex(bytes);
        return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                + hex.substring(16, 20) + "-" + hex.substring(20);
    }
}
