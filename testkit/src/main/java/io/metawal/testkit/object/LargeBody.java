package io.metawal.testkit.object;

import io.metawal.storage.object.ObjectBody;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Bytes that do not repeat, given out in small pieces, as a network does. */
final class LargeBody implements ObjectBody {
    private static final int PIECE_BYTES = 10_007;
    private final byte[] bytes;

    LargeBody(int size) {
        bytes = new byte[size];
        long state = size;
        for (int i = 0; i < size; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            bytes[i] = (byte) (state >>> 56);
        }
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public InputStream open(long offset) {
        int from = Math.toIntExact(offset);
        return new ByteArrayInputStream(bytes, from, bytes.length - from) {
            @Override
            public synchronized int read(byte[] into, int at, int length) {
                return super.read(into, at, Math.min(length, PIECE_BYTES));
            }
        };
    }
}
