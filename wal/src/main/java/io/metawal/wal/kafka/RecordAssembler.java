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
        if (!piece.last()) {
            return null;
        }
        CommitRecord whole = CommitRecord.read(record, 0, record.length, where);
        if (whole.seq() != seq || whole.length() != record.length) {
            throw new CorruptException(where + ": pieces of " + record.length + " bytes of seq " + seq
                    + " make a record of " + whole.length() + " bytes of seq " + whole.seq());
        }
        filled = 0;
        return whole;
    }

    /** Throws where a record has begun and not ended: a transaction has whole records. */
    void checkWhole(String where) {
        if (filled > 0) {
            throw new CorruptException(
                    where + ": only " + filled + " of " + record.length + " bytes of seq " + seq + " came before");
        }
    }
}
