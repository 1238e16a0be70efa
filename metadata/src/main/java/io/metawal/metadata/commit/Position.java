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

    /** The place of the next commit of whoever is the only source: epoch and time clamped so that neither falls. */
    public CommitRecord.Place next(long wantedEpoch, long wantedTimeMicros) {
        return next(CommitClocks.of(wantedEpoch, wantedTimeMicros), wantedTimeMicros, false);
    }

    /** The place of a draft, see {@link CommitClocks#after}. */
    public CommitRecord.Place next(CommitDraft draft, long nowMicros) {
        return next(draft.clocks(), nowMicros, draft.body().afterGap());
    }

    /** As above. */
    public CommitRecord.Place next(CommitClocks wanted, long nowMicros, boolean afterGap) {
        return new CommitRecord.Place(timeline, seq + 1, wanted.after(epoch, timeMicros, nowMicros, afterGap), chain);
    }
}
