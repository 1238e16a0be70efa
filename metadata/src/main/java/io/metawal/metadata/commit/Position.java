package io.metawal.metadata.commit;

/** Where a log ends, or goes on from: the last commit's place and chain. Seq 0 stands before the first commit. */
public record Position(int timeline, long seq, long epoch, long timeMicros, Chain chain) {
    public static final Position START = new Position(1, 0, 0, 0, Chain.GENESIS);

    public static Position of(CommitRecord record) {
        return new Position(record.timeline(), record.seq(), record.epoch(), record.timeMicros(), record.chain());
    }

    /** The same point, gone on from in another timeline. */
    public Position on(int otherTimeline) {
        return new Position(otherTimeline, seq, epoch, timeMicros, chain);
    }

    /** The place of the next commit: epoch and time clamped so that neither falls. */
    public CommitRecord.Place next(long wantedEpoch, long wantedTimeMicros) {
        return new CommitRecord.Place(
                timeline, seq + 1, Math.max(epoch, wantedEpoch), Math.max(timeMicros, wantedTimeMicros), chain);
    }
}
