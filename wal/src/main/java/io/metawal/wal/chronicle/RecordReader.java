package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/** Takes records out of the excerpts of one cycle at a time. Steps over what came of unfinished tries. For one thread. */
final class RecordReader {
    /** A length on disk is believed so far before its bytes were seen: a flipped one must not take all memory. */
    private static final int TRUSTED_BYTES = 16 << 20;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ExcerptTailer tailer;
    private int cycle = -1;
    private ByteBuffer excerpt = NOTHING;
    private long excerptIndex;
    private byte[] large = new byte[0];
    private int largeLength;
    private int filled;
    private long seq;
    private long firstIndex;

    RecordReader(ExcerptTailer tailer) {
        this.tailer = tailer;
    }

    /** Goes to a place; false where there is nothing. */
    boolean moveTo(int toCycle, long index) {
        cycle = toCycle;
        excerpt = NOTHING;
        filled = 0;
        seq = 0;
        return tailer.moveToIndex(index);
    }

    boolean moveToStart(int toCycle) {
        return moveTo(toCycle, Cycles.ROLL.toIndex(toCycle, 0));
    }

    int cycle() {
        return cycle;
    }

    /** Chronicle's index of the excerpt in which the record that was read last begins. */
    long firstIndex() {
        return firstIndex;
    }

    /** The next whole record of this cycle, checked; null where the cycle has no more yet. */
    @Nullable
    CommitRecord next() {
        while (excerpt.hasRemaining() || nextExcerpt()) {
            Frame frame = Frame.read(excerpt);
            int at = excerpt.position();
            excerpt.position(at + frame.length());
            if (frame.whole()) {
                filled = 0;
                seq = frame.seq();
                firstIndex = excerptIndex;
                return CommitRecord.read(excerpt.array(), at, frame.length(), where());
            }
            if (take(frame, at)) {
                return CommitRecord.read(large, 0, largeLength, where());
            }
        }
        return null;
    }

    private boolean nextExcerpt() {
        try (DocumentContext document = tailer.readingDocument()) {
            Wire wire = document.wire();
            if (!document.isPresent() || wire == null) {
                return false;
            }
            if (Cycles.ROLL.toCycle(document.index()) != cycle) {
                document.rollbackOnClose();
                return false;
            }
            Bytes<?> in = wire.bytes();
            byte[] bytes = new byte[(int) in.readRemaining()];
            in.read(bytes);
            excerpt = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            excerptIndex = document.index();
            return true;
        }
    }

    /** Takes a piece of a large record; true with its last. */
    private boolean take(Frame frame, int at) {
        if (frame.offset() == 0) {
            largeLength = frame.recordLength();
            large = new byte[Math.min(largeLength, TRUSTED_BYTES)];
            filled = 0;
            seq = frame.seq();
            firstIndex = excerptIndex;
        } else if (frame.seq() != seq || frame.offset() != filled || frame.recordLength() != largeLength) {
            throw new CorruptException(where() + ": a piece of seq " + frame.seq() + " from byte " + frame.offset()
                    + " on, expected seq " + seq + " from byte " + filled + " on");
        }
        if (filled + frame.length() > large.length) {
            large = Arrays.copyOf(large, (int) Math.min(largeLength, 2L * large.length));
        }
        excerpt.get(at, large, filled, frame.length());
        filled += frame.length();
        return filled == largeLength;
    }

    private String where() {
        return "hot log, cycle " + cycle + ", index " + excerptIndex;
    }
}
