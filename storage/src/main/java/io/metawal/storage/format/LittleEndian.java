package io.metawal.storage.format;

import io.metawal.metadata.image.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Stored numbers are little-endian. */
final class LittleEndian {
    /** Two halves of a hash and a count. */
    static final int DIGEST_LENGTH = 24;

    private LittleEndian() {}

    static ByteBuffer allocate(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ByteBuffer wrap(byte[] bytes, int offset, int length) {
        return ByteBuffer.wrap(bytes, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    static void putDigest(ByteBuffer out, Digest digest) {
        out.putLong(digest.high()).putLong(digest.low()).putLong(digest.count());
    }

    static Digest digest(ByteBuffer in) {
        return new Digest(in.getLong(), in.getLong(), in.getLong());
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
