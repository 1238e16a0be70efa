package io.metawal.storage.rocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The outer form of a manifest, which is that of RocksDB's log files: blocks of 32 KiB of records, each a u32 masked CRC32C of
 * type and data, u16 length, u8 type, data. It is checked here because RocksDB's listing of column families, given a damaged
 * one, may turn forever (11.8.1).
 */
final class ManifestRecords {
    private static final int BLOCK = 32 * 1024;
    private static final int HEADER = 7;
    private static final int LAST_KNOWN_TYPE = 4;
    private static final int MASK_DELTA = 0xa282ead8;

    private ManifestRecords() {}

    /** Where the first damaged record starts; -1 where there is none. A last record that breaks off is not damage: a crash does so. */
    static int firstDamage(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + HEADER <= bytes.length) {
            int blockEnd = (at / BLOCK + 1) * BLOCK;
            int length = in.getShort(at + 4) & 0xffff;
            int type = bytes[at + 6];
            if (blockEnd - at < HEADER || type == 0 && length == 0 && in.getInt(at) == 0) {
                at = blockEnd;
                continue;
            }
            int end = at + HEADER + length;
            if (end > blockEnd || type < 1 || type > LAST_KNOWN_TYPE) {
                return at;
            }
            if (end > bytes.length) {
                return -1;
            }
            if (in.getInt(at) != maskedCrc(bytes, at + 6, end)) {
                return at;
            }
            at = end;
        }
        return -1;
    }

    private static int maskedCrc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }
}
