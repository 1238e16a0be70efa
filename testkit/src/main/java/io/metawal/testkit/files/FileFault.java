package io.metawal.testkit.files;

import java.util.Arrays;

/**
 * What happens to one file between writing and reading.
 *
 * @param file its number, in the order in which files are read for the first time, from 0 on
 * @param where as a share of the file's length, from 0 up to but without 1
 */
public record FileFault(int file, Kind kind, double where) {
    public enum Kind {
        /** One bit is another. */
        FLIP,
        /** The rest is missing. */
        TRUNCATE,
        /** The bytes of another file, or another order of its own. */
        SWAP,
        /** Nothing is wrong, but every read gives a few bytes only. */
        SHORT_READ
    }

    /** Whether what is read differs from what was written. */
    public boolean damages() {
        return kind != Kind.SHORT_READ;
    }

    byte[] apply(byte[] bytes, byte[] other) {
        int at = (int) (where * bytes.length);
        return switch (kind) {
            case FLIP -> flipped(bytes, at);
            case TRUNCATE -> bytes.length == 0 ? new byte[1] : Arrays.copyOf(bytes, at);
            case SWAP -> Arrays.equals(bytes, other) ? reversed(bytes) : other.clone();
            case SHORT_READ -> bytes;
        };
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] flipped = bytes.length == 0 ? new byte[1] : bytes.clone();
        flipped[at] ^= (byte) (1 << at % Byte.SIZE);
        return flipped;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length + 1];
        for (int n = 0; n < bytes.length; n++) {
            reversed[bytes.length - 1 - n] = bytes[n];
        }
        return reversed;
    }
}
