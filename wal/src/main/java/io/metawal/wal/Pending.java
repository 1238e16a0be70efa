package io.metawal.wal;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.UnplacedRecord;
import java.util.concurrent.CompletableFuture;

/** A draft on its way, encoded and hashed by whoever offered it. Placed once. */
public record Pending(UnplacedRecord record, long epoch, long timeMicros, CompletableFuture<CommitHeader> future) {
    public static Pending of(CommitDraft draft) {
        return new Pending(
                UnplacedRecord.of(draft.kind(), draft.body()),
                draft.epoch(),
                draft.timeMicros(),
                new CompletableFuture<>());
    }

    public int length() {
        return record.length();
    }

    /** Its record after a position. */
    public CommitRecord recordAfter(Position at, long nowMicros) {
        return record.at(at.next(epoch, timeOr(nowMicros)));
    }

    /** Its record after another one, which costs less. */
    public CommitRecord recordAfter(CommitRecord before, long nowMicros) {
        return before.next(record, epoch, timeOr(nowMicros));
    }

    private long timeOr(long nowMicros) {
        return timeMicros == CommitDraft.ABSENT ? nowMicros : timeMicros;
    }
}
