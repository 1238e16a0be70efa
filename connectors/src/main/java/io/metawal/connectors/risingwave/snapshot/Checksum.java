package io.metawal.connectors.risingwave.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.xxhash.StreamingXXHash64;
import net.jpountz.xxhash.XXHashFactory;

/** A snapshot's checksum: XXH64, seed 0, of all bytes before it; computed, and as it stands in the last eight bytes. */
record Checksum(long computed, long stored) {
    static Checksum of(SnapshotBytes bytes, String name, long size) throws IOException {
        try (InputStream in = bytes.open();
                StreamingXXHash64 hash = XXHashFactory.fastestInstance().newStreamingHash64(0)) {
            byte[] buffer = new byte[1 << 16];
            long left = size - CheckedInput.CHECKSUM_LENGTH;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException(name + " became shorter while it was read");
                }
                hash.update(buffer, 0, read);
                left -= read;
            }
            byte[] last = in.readNBytes(CheckedInput.CHECKSUM_LENGTH);
            long stored = ByteBuffer.wrap(last).order(ByteOrder.LITTLE_ENDIAN).getLong();
            return new Checksum(hash.getValue(), stored);
        }
    }

    boolean right() {
        return computed == stored;
    }

    @Override
    public String toString() {
        return String.format("expected XXH64 %016x, found %016x", stored, computed);
    }
}
