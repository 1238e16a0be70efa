package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.UnplacedRecord;
import java.util.concurrent.CompletableFuture;

/** A draft on its way, encoded and hashed by whoever offered it. */
record Pending(UnplacedRecord record, long epoch, long timeMicros, CompletableFuture<CommitHeader> future) {
    static Pending of(CommitDraft draft) {
        return new Pending(
                UnplacedRecord.of(draft.kind(), draft.body()),
                draft.epoch(),
                draft.timeMicros(),
                new CompletableFuture<>());
    }

    int length() {
        return record.length();
    }

    long timeOr(long nowMicros) {
        return timeMicros == CommitDraft.ABSENT ? nowMicros : timeMicros;
    }
}
