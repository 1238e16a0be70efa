package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import org.jspecify.annotations.Nullable;

/** Puts commit records together from their pieces, which follow one another. For one thread. */
final class RecordAssembler {
    private byte[] record = new byte[0];
    private int filled;
    private long seq = -1;

    /** The record whose last piece this is, checked; null where more must come. */
    @Nullable
    CommitRecord take(Frame.Piece piece, String where) {
        if (piece.offset() == 0) {
            record = new byte[piece.recordLength()];
            filled = 0;
            seq = piece.seq();
        } else if (piece.seq() != seq || piece.offset() != filled || piece.recordLength() != record.length) {
            throw new CorruptException(where + ": a piece of seq " + piece.seq() + " from byte " + piece.offset()
                    + " on, expected seq " + seq + " from byte " + filled + " on");
        }
        piece.in().get(record, piece.offset(), piece.length());
        filled += piece.length();
        return piece.last() ? CommitRecord.read(record, 0, record.length, where) : null;
    }

    /** What comes next begins a record. */
    void clear() {
        seq = -1;
        filled = 0;
    }
}
