package io.metawal.storage.format;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first 192 bytes of a segment: what is in it, and what it follows. Little-endian.
 *
 * <pre>
 *   0 8 bytes "MWALSEG1"   8 u32 format = 1     12 u32 timeline    16 u64 term
 *  24 u64 first seq       32 u64 last seq       40 u64 first epoch 48 u64 last epoch
 *  56 i64 first time, µs  64 i64 last time, µs  72 u32 blocks      76 u32 flags: 1 = has a commit after a gap
 *  80 u64 raw bytes       88 u64 changes
 *  96 32 bytes hash of the segment before (zeros for the first)
 * 128 32 bytes chain value before the first commit
 * 160 28 bytes zero      188 u32 CRC32C of bytes 0 to 187
 * </pre>
 *
 * @param previousHash the SHA-256 that stands in the footer of the segment before, as hex
 */
public record SegmentHeader(
        int timeline,
        long term,
        long firstSeq,
        long lastSeq,
        long firstEpoch,
        long lastEpoch,
        long firstTimeMicros,
        long lastTimeMicros,
        int blocks,
        boolean hasGap,
        long rawBytes,
        long changes,
        SegmentHash previousHash,
        Chain previousChain) {
    public static final int LENGTH = 192;
    public static final int FORMAT = 1;
    static final byte[] MAGIC = "MWALSEG1".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_AT = 188;

    byte[] encode() {
        ByteBuffer out = LittleEndian.allocate(LENGTH);
        out.put(MAGIC).putInt(FORMAT).putInt(timeline).putLong(term);
        out.putLong(firstSeq).putLong(lastSeq).putLong(firstEpoch).putLong(lastEpoch);
        out.putLong(firstTimeMicros).putLong(lastTimeMicros).putInt(blocks).putInt(hasGap ? 1 : 0);
        out.putLong(rawBytes).putLong(changes);
        out.put(previousHash.toBytes()).put(previousChain.value().asReadOnlyByteBuffer());
        out.putInt(CRC_AT, LittleEndian.crc(out.array(), 0, CRC_AT));
        return out.array();
    }

    /** @param object names the segment in errors */
    public static SegmentHeader decode(byte[] bytes, String object) {
        if (bytes.length < LENGTH) {
            throw new CorruptException(object + " has " + bytes.length + " bytes, expected at least a header of "
                    + LENGTH + ": it is truncated");
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorruptException(object + " does not start with \"MWALSEG1\": it is not a segment, or damaged");
        }
        ByteBuffer in = LittleEndian.wrap(bytes, 0, LENGTH);
        if (in.getInt(CRC_AT) != LittleEndian.crc(bytes, 0, CRC_AT)) {
            throw new CorruptException(object + ": the header's CRC32C does not fit its bytes");
        }
        int format = in.getInt(8);
        if (format > FORMAT) {
            throw new UnsupportedFormatException(object + " is of segment format " + format
                    + ", this version reads up to " + FORMAT + ": use a newer metawal");
        }
        return new SegmentHeader(
                in.getInt(12),
                in.getLong(16),
                in.getLong(24),
                in.getLong(32),
                in.getLong(40),
                in.getLong(48),
                in.getLong(56),
                in.getLong(64),
                in.getInt(72),
                (in.getInt(76) & 1) != 0,
                in.getLong(80),
                in.getLong(88),
                SegmentHash.of(bytes, 96),
                Chain.of(bytes, 128));
    }

    public long commits() {
        return lastSeq - firstSeq + 1;
    }
}
