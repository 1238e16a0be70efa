package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import java.util.concurrent.CompletableFuture;

/** A draft on its way, encoded and hashed by whoever offered it. */
record Pending(CommitDraft draft, byte[] payload, byte[] payloadHash, CompletableFuture<CommitHeader> future) {
    int length() {
        return CommitRecord.HEADER_LENGTH + payload.length;
    }

    /** Its record after a position. */
    CommitRecord recordAfter(Position at, long nowMicros) {
        long time = draft.timeMicros() == CommitDraft.ABSENT ? nowMicros : draft.timeMicros();
        return CommitRecord.write(
                at.next(draft.epoch(), time),
                draft.kind(),
                draft.body().afterGap(),
                draft.body().changes().size(),
                payload,
                payloadHash);
    }
}
