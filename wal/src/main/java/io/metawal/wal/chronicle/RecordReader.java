package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import java.util.Arrays;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/** Puts records together from the excerpts of one cycle at a time. Steps over what came of unfinished tries. For one thread. */
final class RecordReader {
    /** A length on disk is believed so far before its bytes were seen: a flipped one must not take all memory. */
    private static final int TRUSTED_BYTES = 16 << 20;

    private final ExcerptTailer tailer;
    private int cycle = -1;
    private byte[] record = new byte[0];
    private int length;
    private int filled;
    private long seq;
    private long firstIndex;

    RecordReader(ExcerptTailer tailer) {
        this.tailer = tailer;
    }

    /** Goes to a place; false where there is nothing. */
    boolean moveTo(int toCycle, long index) {
        cycle = toCycle;
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

    /** Chronicle's index of the first piece of the record that was read last. */
    long firstIndex() {
        return firstIndex;
    }

    /** The next whole record of this cycle, checked; null where the cycle has no more yet. */
    @Nullable
    CommitRecord next() {
        while (true) {
            try (DocumentContext document = tailer.readingDocument()) {
                Wire wire = document.wire();
                if (!document.isPresent() || wire == null) {
                    return null;
                }
                if (Cycles.ROLL.toCycle(document.index()) != cycle) {
                    document.rollbackOnClose();
                    return null;
                }
                if (take(wire.bytes(), document.index())) {
                    return CommitRecord.read(
                            record, 0, length, "hot log, cycle " + cycle + ", index " + document.index());
                }
            }
        }
    }

    private boolean take(Bytes<?> in, long index) {
        Frame frame = Frame.read(in);
        if (frame.offset() == 0) {
            length = frame.recordLength();
            record = new byte[Math.min(length, TRUSTED_BYTES)];
            filled = 0;
            seq = frame.seq();
            firstIndex = index;
        } else if (frame.seq() != seq || frame.offset() != filled || frame.recordLength() != length) {
            throw new CorruptException(
                    "hot log, cycle " + cycle + ", index " + index + ": a piece of seq " + frame.seq() + " from byte "
                            + frame.offset() + " on, expected seq " + seq + " from byte " + filled + " on");
        }
        if (filled + frame.length() > record.length) {
            record = Arrays.copyOf(record, (int) Math.min(length, 2L * record.length));
        }
        in.read(record, frame.offset(), frame.length());
        filled += frame.length();
        return frame.last();
    }
}
