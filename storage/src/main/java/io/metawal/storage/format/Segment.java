package io.metawal.storage.format;

import com.github.luben.zstd.Zstd;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.function.Consumer;

/**
 * A segment read back: its hash, its frame and the CRC of each block are checked before a commit of it is shown. Immutable;
 * several threads may read blocks of one segment.
 */
public final class Segment {
    private final String object;
    private final byte[] bytes;
    private final SegmentHeader header;
    private final SegmentFooter footer;

    private Segment(String object, byte[] bytes, SegmentHeader header, SegmentFooter footer) {
        this.object = object;
        this.bytes = bytes;
        this.header = header;
        this.footer = footer;
    }

    /** Checks the whole segment's hash and frame; {@code object} names it in errors. */
    public static Segment open(byte[] bytes, String object) {
        SegmentHeader header = SegmentHeader.decode(bytes, object);
        SegmentFooter footer = SegmentFooter.decode(bytes, header.blocks(), object);
        int summed = bytes.length - SegmentFooter.encodeTail(new byte[SegmentHash.LENGTH], 0).length;
        byte[] actual = Sha256.of(bytes, 0, summed);
        if (!MessageDigest.isEqual(actual, footer.hash().toBytes())) {
            throw new CorruptException(object + " has SHA-256 " + SegmentHash.of(actual, 0) + ", expected "
                    + footer.hash() + " as its footer says");
        }
        return new Segment(object, bytes, header, footer);
    }

    public SegmentHeader header() {
        return header;
    }

    public SegmentFooter footer() {
        return footer;
    }

    public int blocks() {
        return header.blocks();
    }

    /** The block that a seq of this segment is in. */
    public int blockOf(long seq) {
        int block = 0;
        while (block + 1 < blocks() && footer.blocks().get(block + 1).firstSeq() <= seq) {
            block++;
        }
        return block;
    }

    /** Shows every commit in order. */
    public void forEach(Consumer<StampedCommit> action) {
        for (int block = 0; block < blocks(); block++) {
            forEach(block, action);
        }
    }

    /** Shows the commits of one block in order. */
    public void forEach(int block, Consumer<StampedCommit> action) {
        long offset = footer.blocks().get(block).offset();
        String where = object + ", block " + block;
        if (offset < 0 || offset + SegmentBuilder.BLOCK_HEADER_LENGTH > bytes.length) {
            throw new CorruptException(where + " starts at byte " + offset + " of " + bytes.length);
        }
        ByteBuffer head = LittleEndian.wrap(bytes, (int) offset, SegmentBuilder.BLOCK_HEADER_LENGTH);
        byte[] raw = inflate(head, (int) offset + SegmentBuilder.BLOCK_HEADER_LENGTH, where);
        int commits = head.getInt(12);
        long seq = head.getLong(16);
        int at = 0;
        for (int n = 0; n < commits; n++) {
            // The segment's hash and the block's CRC vouch for these bytes already.
            CommitRecord record = CommitRecord.unchecked(raw, at, raw.length - at, where);
            at += record.length();
            if (record.seq() != seq++ || record.timeline() != header.timeline()) {
                throw new CorruptException(where + ": expected seq " + (seq - 1) + " of timeline " + header.timeline()
                        + ", found seq " + record.seq() + " of timeline " + record.timeline());
            }
            if (raw.length - at < LittleEndian.DIGEST_LENGTH) {
                throw new CorruptException(where + ": no digest behind the commit of seq " + record.seq());
            }
            Digest digest = LittleEndian.digest(LittleEndian.wrap(raw, at, LittleEndian.DIGEST_LENGTH));
            at += LittleEndian.DIGEST_LENGTH;
            action.accept(new StampedCommit(record, digest));
        }
    }

    private byte[] inflate(ByteBuffer head, int start, String where) {
        int stored = head.getInt(0);
        int rawLength = head.getInt(4);
        if (stored < 0 || rawLength < 0 || stored > bytes.length - start) {
            throw new CorruptException(where + " announces " + stored + " bytes, found " + (bytes.length - start));
        }
        if (LittleEndian.crc(bytes, start, stored) != head.getInt(8)) {
            throw new CorruptException(where + ": its CRC32C does not fit its bytes");
        }
        byte[] raw = new byte[rawLength];
        long result = Zstd.decompressByteArray(raw, 0, rawLength, bytes, start, stored);
        if (Zstd.isError(result) || result != rawLength) {
            throw new CorruptException(where + " cannot be decompressed to its " + rawLength + " bytes: "
                    + (Zstd.isError(result) ? Zstd.getErrorName(result) : "it has " + result));
        }
        return raw;
    }
}
