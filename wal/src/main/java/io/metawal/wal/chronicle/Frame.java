package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;

/**
 * What stands before a piece of a commit record in a Chronicle excerpt: an excerpt holds several whole records, or one piece of a
 * large one, since it must not outgrow a block. Little-endian:
 * u32 format = 1, u32 bytes of the whole record, u64 seq, u32 offset of this piece, u32 length of this piece, then the piece.
 * A piece at offset 0 begins its seq anew: what came of an earlier, unfinished try does not count.
 */
record Frame(int recordLength, long seq, int offset, int length) {
    /** Chronicle takes at most a quarter of a block in one excerpt, its own header included. */
    static final int PIECE_MAX = 512 << 10;

    static final int HEADER_LENGTH = 24;
    private static final int FORMAT = 1;

    void write(Bytes<?> out, CommitRecord record) {
        out.writeInt(FORMAT);
        out.writeInt(recordLength);
        out.writeLong(seq);
        out.writeInt(offset);
        out.writeInt(length);
        out.write(record.array(), record.offset() + offset, length);
    }

    /** Reads the head at the position of {@code in}; the piece follows. */
    static Frame read(ByteBuffer in) {
        if (in.remaining() < HEADER_LENGTH) {
            throw new CorruptException("an excerpt ends with " + in.remaining() + " bytes, too short for a frame");
        }
        int format = in.getInt();
        Frame frame = new Frame(in.getInt(), in.getLong(), in.getInt(), in.getInt());
        boolean fits = format == FORMAT
                && frame.recordLength >= 0
                && frame.offset >= 0
                && frame.length >= 0
                && frame.length <= in.remaining()
                && (long) frame.offset + frame.length <= frame.recordLength;
        if (!fits) {
            throw new CorruptException("an excerpt does not hold a frame: format " + format + ", " + frame + ", "
                    + in.remaining() + " bytes");
        }
        return frame;
    }

    /** Whether the record is here from its first byte to its last. */
    boolean whole() {
        return length == recordLength;
    }
}
