package io.metawal.connectors.risingwave.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * An LZ4 frame as it is decompressed, its blocks independent or not: RisingWave's refer to the 64 KiB before them, which lz4-java's own reader
 * refuses. In memory is a block (at most 4 MiB) and what blocks may refer to.
 *
 * <pre>
 * u32  magic 0x184D2204
 * u8   version 01, independent blocks, block checksums, content size, content checksum, 0, dictionary id
 * u8   block size, 4 to 7 for 64 KiB to 4 MiB
 * u64  content size, where there is one; u32 dictionary id, where there is one
 * u8   checksum of the header
 *      blocks: u32 length (highest bit: not compressed), the bytes, u32 XXH32 of them where blocks have one
 * u32  0; u32 XXH32 of the content, where there is one
 * </pre>
 *
 * <p>Source: the LZ4 frame format, version 1.6.4, and its block format.
 */
final class Lz4Frames extends InputStream {
    private static final int MAGIC = 0x184D2204;
    private static final int WINDOW = 64 << 10;
    private static final int VERSION_MASK = 0xC0;
    private static final int VERSION = 0x40;
    private static final int BLOCK_CHECKSUMS = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int DICTIONARY = 0x01;
    private static final int NOT_COMPRESSED = 0x80000000;
    private static final int MIN_MATCH = 4;
    private static final int RUN = 15;

    private final InputStream in;
    private final boolean blockChecksums;
    private final boolean contentChecksum;
    private final int blockMax;
    private final StreamingXXHash32 content = XXHashFactory.fastestInstance().newStreamingHash32(0);
    /** The window, then the block that is being read. */
    private final byte[] buffer;

    private int windowEnd;
    private int at;
    private int end;
    private boolean over;

    Lz4Frames(InputStream in) throws IOException {
        this.in = in;
        if (u32() != MAGIC) {
            throw new IOException("it is no LZ4 frame");
        }
        byte[] descriptor = bytes(2);
        int flags = descriptor[0] & 0xFF;
        int size = (descriptor[1] >>> 4) & 7;
        if ((flags & VERSION_MASK) != VERSION || size < 4 || (flags & DICTIONARY) != 0) {
            throw new IOException(
                    "its LZ4 frame is of a kind that is not known: flags " + flags + ", block size " + size);
        }
        int more = (flags & CONTENT_SIZE) != 0 ? Long.BYTES : 0;
        byte[] whole =
                ByteBuffer.allocate(2 + more).put(descriptor).put(bytes(more)).array();
        int found = (XXHashFactory.fastestInstance().hash32().hash(whole, 0, whole.length, 0) >>> 8) & 0xFF;
        int expected = bytes(1)[0] & 0xFF;
        if (found != expected) {
            throw new IOException(
                    "the header of its LZ4 frame is damaged: expected checksum " + expected + ", found " + found);
        }
        this.blockChecksums = (flags & BLOCK_CHECKSUMS) != 0;
        this.contentChecksum = (flags & CONTENT_CHECKSUM) != 0;
        this.blockMax = 1 << (8 + 2 * size);
        this.buffer = new byte[WINDOW + blockMax];
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (at == end && !over) {
            nextBlock();
        }
        if (at == end) {
            return -1;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, offset, count);
        at += count;
        return count;
    }

    private void nextBlock() throws IOException {
        slide();
        int length = u32();
        if (length == 0) {
            over = true;
            if (contentChecksum && u32() != content.getValue()) {
                throw new IOException("the content of its LZ4 frame is damaged: another checksum");
            }
            return;
        }
        int size = length & ~NOT_COMPRESSED;
        if (size > blockMax) {
            throw new IOException(
                    "a block of its LZ4 frame has " + size + " bytes, at most " + blockMax + " are allowed");
        }
        byte[] block = bytes(size);
        if (blockChecksums && u32() != XXHashFactory.fastestInstance().hash32().hash(block, 0, size, 0)) {
            throw new IOException("a block of its LZ4 frame is damaged: another checksum");
        }
        if ((length & NOT_COMPRESSED) != 0) {
            System.arraycopy(block, 0, buffer, windowEnd, size);
            end = windowEnd + size;
        } else {
            try {
                end = decompress(block);
            } catch (IndexOutOfBoundsException e) {
                throw new IOException("a block of its LZ4 frame is damaged", e);
            }
        }
        content.update(buffer, windowEnd, end - windowEnd);
        at = windowEnd;
    }

    /** Makes the end of what was read the window of the next block. */
    private void slide() {
        int kept = Math.min(end, WINDOW);
        System.arraycopy(buffer, end - kept, buffer, 0, kept);
        windowEnd = kept;
        at = kept;
        end = kept;
    }

    /** Returns where the block ends. */
    private int decompress(byte[] block) throws IOException {
        int from = 0;
        int to = windowEnd;
        while (from < block.length) {
            int token = block[from++] & 0xFF;
            int literals = token >>> 4;
            if (literals == RUN) {
                int more;
                do {
                    more = block[from++] & 0xFF;
                    literals += more;
                } while (more == 0xFF);
            }
            System.arraycopy(block, from, buffer, to, literals);
            from += literals;
            to += literals;
            if (from == block.length) {
                return to;
            }
            int distance = (block[from] & 0xFF) | ((block[from + 1] & 0xFF) << 8);
            from += 2;
            int match = token & RUN;
            if (match == RUN) {
                int more;
                do {
                    more = block[from++] & 0xFF;
                    match += more;
                } while (more == 0xFF);
            }
            if (distance == 0 || distance > to) {
                throw new IOException("a block of its LZ4 frame refers to what is not there");
            }
            for (int n = match + MIN_MATCH; n > 0; n--, to++) {
                buffer[to] = buffer[to - distance];
            }
        }
        throw new IOException("a block of its LZ4 frame ends too early");
    }

    private int u32() throws IOException {
        return ByteBuffer.wrap(bytes(Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    private byte[] bytes(int count) throws IOException {
        byte[] read = in.readNBytes(count);
        if (read.length < count) {
            throw new EOFException("its LZ4 frame ends too early");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
        content.close();
    }
}
