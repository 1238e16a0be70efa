package io.metawal.storage.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A run of a snapshot's entries, sorted by key. Little-endian: 64 bytes of header, one zstd frame of entries in the form of
 * {@link EntryCodec}, 32 bytes SHA-256 of everything before.
 *
 * <pre>
 *  0 8 bytes "MWALSNP1"  8 u32 format = 1  12 u32 chunk number  16 u32 timeline  20 u32 0
 * 24 u64 seq            32 u64 term        40 u64 entries       48 u64 raw bytes 56 u32 0
 * 60 u32 CRC32C of bytes 0 to 59
 * </pre>
 */
public final class SnapshotChunk {
    public static final int FORMAT = 1;
    private static final byte[] MAGIC = "MWALSNP1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_LENGTH = 64;
    private static final int CRC_AT = 60;
    private static final int HASH_LENGTH = 32;
    private static final int ZSTD_LEVEL = 3;

    private SnapshotChunk() {}

    /** Which chunk of which snapshot. */
    public record Place(int timeline, long seq, long term, int number) {}

    /** @param raw entries one behind the other, in the form of {@link EntryCodec} */
    public static byte[] encode(Place place, long entries, ByteArrayOutputStream raw) {
        byte[] plain = raw.toByteArray();
        byte[] stored = Zstd.compress(plain, ZSTD_LEVEL);
        ByteBuffer out = LittleEndian.allocate(HEADER_LENGTH + stored.length + HASH_LENGTH);
        out.put(MAGIC)
                .putInt(FORMAT)
                .putInt(place.number())
                .putInt(place.timeline())
                .putInt(0);
        out.putLong(place.seq())
                .putLong(place.term())
                .putLong(entries)
                .putLong(plain.length)
                .putInt(0);
        out.putInt(LittleEndian.crc(out.array(), 0, CRC_AT));
        out.put(stored);
        out.put(Sha256.of(out.array(), 0, HEADER_LENGTH + stored.length));
        return out.array();
    }

    /** Checks the chunk and returns its entries' bytes; {@code object} names it in errors. */
    public static byte[] decode(byte[] bytes, Place expected, String object) {
        if (bytes.length < HEADER_LENGTH + HASH_LENGTH
                || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorruptException(object + " is not a whole snapshot chunk: " + bytes.length + " bytes");
        }
        ByteBuffer in = LittleEndian.wrap(bytes, 0, HEADER_LENGTH);
        if (in.getInt(CRC_AT) != LittleEndian.crc(bytes, 0, CRC_AT)) {
            throw new CorruptException(object + ": the header's CRC32C does not fit its bytes");
        }
        if (in.getInt(8) > FORMAT) {
            throw new UnsupportedFormatException(object + " is of snapshot format " + in.getInt(8)
                    + ", this version reads up to " + FORMAT + ": use a newer metawal");
        }
        Place found = new Place(in.getInt(16), in.getLong(24), in.getLong(32), in.getInt(12));
        if (!found.equals(expected)) {
            throw new CorruptException(
                    object + " holds " + found + ", expected " + expected + ": it is another object");
        }
        int summed = bytes.length - HASH_LENGTH;
        byte[] hash = Arrays.copyOfRange(bytes, summed, bytes.length);
        if (!MessageDigest.isEqual(hash, Sha256.of(bytes, 0, summed))) {
            throw new CorruptException(object + ": its SHA-256 does not fit its bytes");
        }
        try {
            byte[] stored = Arrays.copyOfRange(bytes, HEADER_LENGTH, summed);
            return Zstd.decompress(stored, Math.toIntExact(in.getLong(48)));
        } catch (ZstdException e) {
            throw new CorruptException(object + " cannot be decompressed: " + e.getMessage(), e);
        }
    }

    /** The entries of a decoded chunk. */
    public static List<Entry> entries(byte[] raw) {
        List<Entry> entries = new ArrayList<>();
        int[] position = EntryCodec.position(0);
        while (position[0] < raw.length) {
            entries.add(EntryCodec.read(raw, raw.length, position));
        }
        return entries;
    }
}
