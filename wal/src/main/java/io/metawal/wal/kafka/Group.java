package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.wal.Pending;
import java.util.ArrayList;
import java.util.List;

/** Commits that are written in one transaction: all of them, or none. */
record Group(Position before, Position after, List<CommitRecord> records) {
    static Group of(Position before, List<Pending> drafts, long nowMicros) {
        List<CommitRecord> records = new ArrayList<>(drafts.size());
        Position at = before;
        for (Pending draft : drafts) {
            CommitRecord record = draft.recordAfter(at, nowMicros);
            at = Position.of(record);
            records.add(record);
        }
        return new Group(before, at, records);
    }

    /** The values of its Kafka records: a mark, then the commits in pieces. */
    List<byte[]> values(String clusterId) {
        List<byte[]> values = new ArrayList<>(records.size() + 1);
        values.add(new Frame.Mark(before, clusterId, false).write());
        for (CommitRecord record : records) {
            for (int offset = 0; offset < record.length(); offset += Frame.PIECE_MAX) {
                values.add(Frame.Piece.write(record, offset, Math.min(Frame.PIECE_MAX, record.length() - offset)));
            }
        }
        return values;
    }
}
