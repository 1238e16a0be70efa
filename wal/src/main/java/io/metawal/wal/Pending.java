package io.metawal.wal;

import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.UnplacedRecord;
import java.util.concurrent.CompletableFuture;

/** A draft on its way, encoded and hashed by whoever offered it. Placed once. */
public record Pending(UnplacedRecord record, CommitClocks clocks, CompletableFuture<CommitHeader> future) {
    public static Pending of(CommitDraft draft) {
        return new Pending(UnplacedRecord.of(draft.kind(), draft.body()), draft.clocks(), new CompletableFuture<>());
    }

    public int length() {
        return record.length();
    }

    /** Its record after a position. */
    public CommitRecord recordAfter(Position at, long nowMicros) {
        return record.at(at.next(clocks, nowMicros, record.afterGap()));
    }

    /** Its record after another one, which costs less. */
    public CommitRecord recordAfter(CommitRecord before, long nowMicros) {
        return before.next(record, clocks, nowMicros);
    }
}
