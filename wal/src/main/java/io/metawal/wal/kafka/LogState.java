package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.SourceChangedException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A fold over a topic's committed records: who the writer is, where the log ends, where commits lie. Checks every record's CRC, the
 * dense seq, and the chain. For one thread; the index is for all.
 */
final class LogState {
    private final String topic;
    private final String clusterId;
    private final SpanIndex index;
    private final @Nullable Position noted;
    private final RecordAssembler assembler = new RecordAssembler();
    private @Nullable UUID writer;
    private @Nullable Position origin;
    private @Nullable Position end;
    private long markOffset;
    private long nextOffset;

    /** @param noted known to have been acknowledged; null where nothing is known */
    LogState(KafkaLogConfig config, @Nullable Position noted) {
        this.topic = config.url().topic();
        this.clusterId = config.clusterId();
        this.index = new SpanIndex(config.limits().spanBytes());
        this.noted = noted;
    }

    SpanIndex index() {
        return index;
    }

    @Nullable
    UUID writer() {
        return writer;
    }

    /** The last whole commit's place; null where there was no mark yet. */
    @Nullable
    Position end() {
        return end;
    }

    /** The position before the first commit that was there; null where there was no mark yet. */
    @Nullable
    Position origin() {
        return origin;
    }

    /** Offset from which on nothing was taken yet. */
    long nextOffset() {
        return nextOffset;
    }

    void nextOffset(long offset) {
        nextOffset = offset;
    }

    /** Takes a record as it was read. */
    void take(long offset, byte[] value) {
        String where = topic + " at offset " + offset;
        Frame frame = Frame.read(value, where);
        if (!(frame instanceof Frame.Piece)) {
            assembler.checkWhole(where);
        }
        if (frame instanceof Frame.Claim claim) {
            checkCluster(claim.clusterId());
            writer = claim.writer();
        } else if (frame instanceof Frame.Mark mark) {
            checkCluster(mark.clusterId());
            begin(mark, offset, where);
        } else if (frame instanceof Frame.Piece piece) {
            takePiece(piece, where);
        }
        nextOffset = offset + 1;
    }

    /** Nothing more is there; throws where a record is not whole. */
    void checkEnd() {
        assembler.checkWhole(topic + " at its end");
    }

    private void checkCluster(String found) {
        if (!found.equals(clusterId)) {
            throw new MetawalException(
                    ExitCode.CONFLICT,
                    "the topic " + topic + " is the hot log of cluster id " + found + ", but the repository is of "
                            + clusterId + ": give each its own with --wal");
        }
    }

    private void begin(Frame.Mark mark, long offset, String where) {
        Position before = mark.before();
        if (mark.anew() || end == null) {
            if (mark.anew()) {
                index.clear();
            }
            origin = before;
            end = before;
        } else if (!before.equals(end)) {
            throw new CorruptException(where + ": goes on from seq " + before.seq() + " of timeline "
                    + before.timeline() + ", expected seq " + end.seq() + " of timeline " + end.timeline());
        }
        markOffset = offset;
    }

    private void takePiece(Frame.Piece piece, String where) {
        Position before = end;
        if (before == null) {
            // What is left of a transaction whose beginning somebody deleted.
            return;
        }
        CommitRecord record = assembler.take(piece, where);
        if (record == null) {
            return;
        }
        if (record.seq() != before.seq() + 1 || record.timeline() != before.timeline()) {
            throw new CorruptException(where + ": seq " + record.seq() + " of timeline " + record.timeline()
                    + ", expected seq " + (before.seq() + 1) + " of timeline " + before.timeline());
        }
        if (!record.follows(before.chain())) {
            throw new CorruptException(where + ": the chain is broken at seq " + record.seq());
        }
        add(record, markOffset);
    }

    /** Takes a record that was checked, or made, in the transaction that began at a mark. */
    void add(CommitRecord record, long markOffsetOfIt) {
        Position at = Position.of(record);
        boolean other = noted != null
                && noted.seq() == at.seq()
                && noted.timeline() == at.timeline()
                && !noted.chain().matches(at.chain());
        if (other) {
            throw new SourceChangedException("the topic " + topic + " holds another commit of seq " + at.seq()
                    + " than the one that was acknowledged: it was made anew");
        }
        index.add(record, markOffsetOfIt);
        end = at;
    }

    /** Begins anew at a position. */
    void restart(Position at) {
        index.clear();
        origin = at;
        end = at;
    }
}
