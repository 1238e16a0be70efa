package io.metawal.storage.format;

import com.github.luben.zstd.Zstd;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Provenance;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects consecutive commits into one segment. For one thread.
 *
 * <p>Between header and footer stand blocks: 24 bytes (u32 stored length, u32 raw length, u32 CRC32C of the stored bytes, u32
 * commits, u64 first seq), then one zstd frame. Raw, a block is commits one behind the other: the record, then 24 bytes of
 * digest.
 */
public final class SegmentBuilder {
    static final int BLOCK_HEADER_LENGTH = 24;
    private static final int BLOCK_RAW_BYTES = 256 * 1024;
    private static final int ZSTD_LEVEL = 3;

    private final long term;
    private final Provenance before;
    private final List<byte[]> blocks = new ArrayList<>();
    private final List<SegmentFooter.BlockStart> starts = new ArrayList<>();
    private ByteArrayOutputStream raw = new ByteArrayOutputStream();
    private @Nullable CommitRecord blockFirst;
    private int blockCommits;
    private @Nullable CommitRecord first;
    private @Nullable CommitRecord last;
    private Digest lastDigest;
    private boolean hasGap;
    private long storedBytes = SegmentHeader.LENGTH;
    private long rawBytes;
    private long changes;

    /** @param before what the log stands at before the first commit of this segment */
    public SegmentBuilder(long term, Provenance before) {
        this.term = term;
        this.before = before;
        this.lastDigest = before.digest();
    }

    public boolean isEmpty() {
        return first == null;
    }

    /** Bytes of commits taken, before compression. */
    public long rawBytes() {
        return rawBytes;
    }

    /** Where the log stands after what was taken. */
    public Provenance end() {
        return last == null ? before : Provenance.of(last, lastDigest);
    }

    /** Takes the next commit; it must follow in seq. */
    public void add(StampedCommit stamped) {
        CommitRecord record = stamped.record();
        if (record.seq() != end().seq() + 1 || record.timeline() != before.timeline()) {
            throw new IllegalArgumentException("segment at seq " + end().seq() + " of timeline " + before.timeline()
                    + " was offered seq " + record.seq() + " of timeline " + record.timeline());
        }
        if (first == null) {
            first = record;
        }
        if (blockFirst == null) {
            blockFirst = record;
            int expected = record.length() + LittleEndian.DIGEST_LENGTH;
            raw = new ByteArrayOutputStream(Math.max(expected, BLOCK_RAW_BYTES + BLOCK_RAW_BYTES / 4));
        }
        last = record;
        lastDigest = stamped.digest();
        hasGap |= record.afterGap();
        changes += record.changeCount();
        raw.write(record.array(), record.offset(), record.length());
        ByteBuffer digest = LittleEndian.allocate(LittleEndian.DIGEST_LENGTH);
        LittleEndian.putDigest(digest, stamped.digest());
        raw.writeBytes(digest.array());
        rawBytes += record.length() + LittleEndian.DIGEST_LENGTH;
        blockCommits++;
        if (raw.size() >= BLOCK_RAW_BYTES) {
            closeBlock();
        }
    }

    private void closeBlock() {
        CommitRecord start = blockFirst;
        if (start == null) {
            return;
        }
        byte[] plain = raw.toByteArray();
        raw = new ByteArrayOutputStream();
        byte[] stored = Zstd.compress(plain, ZSTD_LEVEL);
        ByteBuffer header = LittleEndian.allocate(BLOCK_HEADER_LENGTH);
        header.putInt(stored.length).putInt(plain.length).putInt(LittleEndian.crc(stored, 0, stored.length));
        header.putInt(blockCommits).putLong(start.seq());
        starts.add(new SegmentFooter.BlockStart(storedBytes, start.seq(), start.epoch(), start.timeMicros()));
        blocks.add(header.array());
        blocks.add(stored);
        storedBytes += BLOCK_HEADER_LENGTH + stored.length;
        blockFirst = null;
        blockCommits = 0;
    }

    /** The finished segment; the builder takes no more. */
    public EncodedSegment build(SegmentHash previousHash) {
        CommitRecord from = first;
        CommitRecord to = last;
        if (from == null || to == null) {
            throw new IllegalStateException("a segment without a commit");
        }
        closeBlock();
        SegmentHeader header = new SegmentHeader(
                before.timeline(),
                term,
                from.seq(),
                to.seq(),
                from.epoch(),
                to.epoch(),
                from.timeMicros(),
                to.timeMicros(),
                starts.size(),
                hasGap,
                rawBytes,
                changes,
                previousHash,
                before.chain());
        Chain lastChain = to.chain();
        List<byte[]> parts = new ArrayList<>();
        parts.add(header.encode());
        parts.addAll(blocks);
        parts.add(SegmentFooter.encodeSummed(starts, lastChain, lastDigest));
        MessageDigest sha = Sha256.start();
        parts.forEach(sha::update);
        byte[] hash = sha.digest();
        parts.add(SegmentFooter.encodeTail(hash, starts.size()));
        return new EncodedSegment(header, SegmentHash.of(hash, 0), end(), to.kind(), parts);
    }
}
