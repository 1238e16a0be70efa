package io.metawal.storage.format;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The end of a segment: where its blocks are, where the log stands after it, and its hash. Little-endian.
 *
 * <pre>
 * per block, 32 bytes: u64 offset, u64 first seq, u64 first epoch, i64 first time, µs
 * 32 bytes chain value after the last commit, 24 bytes digest after it (high, low, count)
 * 32 bytes SHA-256 of all bytes before this hash
 * u32 length of this footer   8 bytes "MWALEND1"
 * </pre>
 */
public record SegmentFooter(List<BlockStart> blocks, Chain lastChain, Digest lastDigest, SegmentHash hash) {
    static final byte[] MAGIC = "MWALEND1".getBytes(StandardCharsets.US_ASCII);
    private static final int BLOCK_LENGTH = 32;
    /** Bytes behind the hash. */
    private static final int TAIL_LENGTH = 4 + 8;

    private static final int FIXED_LENGTH =
            Chain.LENGTH + LittleEndian.DIGEST_LENGTH + SegmentHash.LENGTH + TAIL_LENGTH;

    /** Where a block starts, in bytes of the object and in the log. */
    public record BlockStart(long offset, long firstSeq, long firstEpoch, long firstTimeMicros) {}

    public SegmentFooter {
        blocks = List.copyOf(blocks);
    }

    /** Bytes of the footer of the segment that has this header. */
    public static int lengthOf(SegmentHeader header) {
        return length(header.blocks());
    }

    static int length(int blocks) {
        return blocks * BLOCK_LENGTH + FIXED_LENGTH;
    }

    /** The footer's bytes before the hash. */
    static byte[] encodeSummed(List<BlockStart> blocks, Chain lastChain, Digest lastDigest) {
        ByteBuffer out = LittleEndian.allocate(length(blocks.size()) - TAIL_LENGTH - SegmentHash.LENGTH);
        for (BlockStart block : blocks) {
            out.putLong(block.offset()).putLong(block.firstSeq());
            out.putLong(block.firstEpoch()).putLong(block.firstTimeMicros());
        }
        out.put(lastChain.value().asReadOnlyByteBuffer());
        LittleEndian.putDigest(out, lastDigest);
        return out.array();
    }

    /** The footer's bytes from the hash on. */
    static byte[] encodeTail(byte[] hash, int blocks) {
        ByteBuffer out = LittleEndian.allocate(SegmentHash.LENGTH + TAIL_LENGTH);
        return out.put(hash).putInt(length(blocks)).put(MAGIC).array();
    }

    /** @param end the segment's last bytes, at least as many as {@link #length(int)} of its header's blocks */
    public static SegmentFooter decode(byte[] end, int blocks, String object) {
        int length = length(blocks);
        if (end.length < length) {
            throw new CorruptException(object + ": " + end.length + " bytes at its end, expected a footer of " + length
                    + " bytes: it is truncated");
        }
        int start = end.length - length;
        ByteBuffer in = LittleEndian.wrap(end, start, length);
        if (!Arrays.equals(end, end.length - 8, end.length, MAGIC, 0, 8) || in.getInt(length - TAIL_LENGTH) != length) {
            throw new CorruptException(object + " does not end in a segment's footer: it is truncated or damaged");
        }
        List<BlockStart> starts = new ArrayList<>(blocks);
        for (int n = 0; n < blocks; n++) {
            starts.add(new BlockStart(in.getLong(), in.getLong(), in.getLong(), in.getLong()));
        }
        Chain chain = Chain.of(end, start + in.position());
        in.position(in.position() + Chain.LENGTH);
        Digest digest = LittleEndian.digest(in);
        return new SegmentFooter(starts, chain, digest, SegmentHash.of(end, start + in.position()));
    }
}
