package io.metawal.storage.rocks;

import io.metawal.metadata.fault.CorruptException;
import java.nio.ByteBuffer;

/**
 * How far a {@link Manifest} had come, kept in each batch beside the provenance. RocksDB takes one that was cut off, or whose
 * last record has a damaged length, for an older and shorter one, and opens without the entries in the files that it has
 * so forgotten; with the seal, what was in it once is checked to be in it still.
 *
 * @param crc CRC32C of its first {@code length} bytes
 */
record ManifestSeal(long number, long length, int crc) {
    private static final int BYTES = 2 * Long.BYTES + Integer.BYTES;

    static ManifestSeal parse(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new CorruptException(
                    "an image's seal has " + bytes.length + " bytes, expected " + BYTES + ": " + RocksFaults.REBUILD);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new ManifestSeal(in.getLong(), in.getLong(), in.getInt());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(number)
                .putLong(length)
                .putInt(crc)
                .array();
    }
}
