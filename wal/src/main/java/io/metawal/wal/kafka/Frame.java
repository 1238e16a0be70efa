package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What stands in the value of one Kafka record; its key is null. Little-endian:
 *
 * <pre>
 * all    0 u16 format = 1   2 u8 kind   3 u8 flags, 0 where none is named
 * piece  kind 1: 4 u32 bytes of the whole commit record  8 u64 seq  16 u32 offset of this piece  20 u32 its length  24 the piece
 * mark   kind 2: 4 u32 CRC32C of bytes 0 to 3 and 8 to the end; flag 1 = the log begins anew here
 *        8 u32 timeline  12 u32 0  16 u64 seq  24 u64 epoch  32 i64 time, µs  40 32 bytes chain value  72 cluster id, UTF-8
 * claim  kind 3: 4 u32 CRC32C as for a mark   8 16 bytes writer   24 cluster id, UTF-8
 * </pre>
 */
sealed interface Frame {
    /** What a commit record is cut into; with what Kafka adds it must fit in {@link TopicRules#MESSAGE_BYTES_MIN}. */
    int PIECE_MAX = 512 << 10;

    int FORMAT = 1;
    int SUMMED_FROM = 8;

    /** A part of a commit record; {@code in} stands where it begins. */
    record Piece(int recordLength, long seq, int offset, int length, ByteBuffer in) implements Frame {
        private static final byte KIND = 1;
        private static final int HEADER_LENGTH = 24;

        static byte[] write(CommitRecord record, int offset, int length) {
            ByteBuffer out = begin(HEADER_LENGTH + length, KIND, (byte) 0);
            out.putInt(record.length()).putLong(record.seq()).putInt(offset).putInt(length);
            return out.put(record.array(), record.offset() + offset, length).array();
        }

        private static Piece read(ByteBuffer in, byte flags, String where) {
            if (in.remaining() < HEADER_LENGTH - 4) {
                throw new CorruptException(where + ": too short for a piece of a commit");
            }
            Piece piece = new Piece(in.getInt(), in.getLong(), in.getInt(), in.getInt(), in);
            boolean fits = flags == 0
                    && piece.recordLength >= 0
                    && piece.offset >= 0
                    && piece.length == in.remaining()
                    && piece.length <= piece.recordLength - piece.offset;
            if (!fits) {
                throw new CorruptException(where + ": not a piece of a commit: " + piece);
            }
            return piece;
        }

        boolean last() {
            return offset + length == recordLength;
        }
    }

    /** The first record of every transaction with commits: the position before them. */
    record Mark(Position before, String clusterId, boolean anew) implements Frame {
        private static final byte KIND = 2;
        private static final int HEADER_LENGTH = 72;

        byte[] write() {
            byte[] id = clusterId.getBytes(StandardCharsets.UTF_8);
            ByteBuffer out = begin(HEADER_LENGTH + id.length, KIND, (byte) (anew ? 1 : 0));
            out.putInt(0).putInt(before.timeline()).putInt(0);
            out.putLong(before.seq()).putLong(before.epoch()).putLong(before.timeMicros());
            return sum(out.put(before.chain().value().asReadOnlyByteBuffer()).put(id));
        }

        private static Mark read(ByteBuffer in, byte flags, String where) {
            check(in, HEADER_LENGTH, where);
            Chain chain = Chain.of(in.array(), 40);
            Position before = new Position(in.getInt(8), in.getLong(16), in.getLong(24), in.getLong(32), chain);
            in.position(HEADER_LENGTH);
            return new Mark(before, text(in), (flags & 1) != 0);
        }
    }

    /** A writer's first words: from here on nobody else's count. */
    record Claim(UUID writer, String clusterId) implements Frame {
        private static final byte KIND = 3;
        private static final int HEADER_LENGTH = 24;

        byte[] write() {
            byte[] id = clusterId.getBytes(StandardCharsets.UTF_8);
            ByteBuffer out = begin(HEADER_LENGTH + id.length, KIND, (byte) 0).putInt(0);
            return sum(out.putLong(writer.getMostSignificantBits())
                    .putLong(writer.getLeastSignificantBits())
                    .put(id));
        }

        private static Claim read(ByteBuffer in, String where) {
            check(in, HEADER_LENGTH, where);
            in.position(8);
            return new Claim(new UUID(in.getLong(), in.getLong()), text(in));
        }
    }

    /** @param where names the place for an error, such as a topic and its offset */
    static Frame read(byte[] value, String where) {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (value.length < SUMMED_FROM) {
            throw new CorruptException(where + ": a record of " + value.length + " bytes is none of metawal's");
        }
        int format = Short.toUnsignedInt(in.getShort());
        byte kind = in.get();
        byte flags = in.get();
        if (format != FORMAT || kind < Piece.KIND || kind > Claim.KIND) {
            throw new UnsupportedFormatException(where + ": a record of format " + format + " and kind " + kind
                    + "; this version reads format " + FORMAT + ": it is a newer metawal's, or none of metawal's");
        }
        return kind == Piece.KIND
                ? Piece.read(in, flags, where)
                : kind == Mark.KIND ? Mark.read(in, flags, where) : Claim.read(in, where);
    }

    private static ByteBuffer begin(int length, byte kind, byte flags) {
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) FORMAT)
                .put(kind)
                .put(flags);
    }

    private static byte[] sum(ByteBuffer whole) {
        return whole.putInt(4, crc(whole)).array();
    }

    private static void check(ByteBuffer in, int headerLength, String where) {
        if (in.limit() < headerLength || in.getInt(4) != crc(in)) {
            throw new CorruptException(where + ": a mark that is damaged, or none of metawal's");
        }
    }

    private static int crc(ByteBuffer whole) {
        CRC32C crc = new CRC32C();
        crc.update(whole.array(), 0, 4);
        crc.update(whole.array(), SUMMED_FROM, whole.limit() - SUMMED_FROM);
        return (int) crc.getValue();
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(in).toString();
    }
}
