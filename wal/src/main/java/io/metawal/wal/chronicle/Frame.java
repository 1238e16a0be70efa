package io.metawal.wal.chronicle;

import io.metawal.metadata.fault.CorruptException;
import net.openhft.chronicle.bytes.Bytes;

/**
 * What stands in one Chronicle excerpt: a piece of a commit record, since an excerpt must not outgrow a block. Little-endian:
 * u32 format = 1, u32 bytes of the whole record, u64 seq, u32 offset of this piece, u32 length of this piece, then the piece.
 * A piece at offset 0 begins its seq anew: what came of an earlier, unfinished try does not count.
 */
record Frame(int recordLength, long seq, int offset, int length) {
    /** Chronicle takes at most a quarter of a block in one excerpt, its own header included. */
    static final int PIECE_MAX = 512 << 10;

    static final int HEADER_LENGTH = 24;
    private static final int FORMAT = 1;

    void write(Bytes<?> out, byte[] record) {
        out.writeInt(FORMAT);
        out.writeInt(recordLength);
        out.writeLong(seq);
        out.writeInt(offset);
        out.writeInt(length);
        out.write(record, offset, length);
    }

    /** Reads the head; the piece follows in {@code in}. */
    static Frame read(Bytes<?> in) {
        if (in.readRemaining() < HEADER_LENGTH) {
            throw new CorruptException("an excerpt of " + in.readRemaining() + " bytes is too short for a frame");
        }
        int format = in.readInt();
        Frame frame = new Frame(in.readInt(), in.readLong(), in.readInt(), in.readInt());
        boolean fits = format == FORMAT
                && frame.recordLength >= 0
                && frame.offset >= 0
                && frame.length >= 0
                && frame.length == in.readRemaining()
                && frame.offset + frame.length <= frame.recordLength;
        if (!fits) {
            throw new CorruptException("an excerpt does not hold a frame: format " + format + ", " + frame + ", "
                    + in.readRemaining() + " bytes");
        }
        return frame;
    }

    boolean last() {
        return offset + length == recordLength;
    }
}
