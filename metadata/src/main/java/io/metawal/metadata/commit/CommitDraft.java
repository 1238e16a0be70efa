package io.metawal.metadata.commit;

/** A commit before the sequencer gave it its place. */
public record CommitDraft(CommitKind kind, CommitClocks clocks, CommitBody body) {
    public static final long ABSENT = CommitClocks.ABSENT;

    /** A draft of whoever is the only source of the log. */
    public CommitDraft(CommitKind kind, long epoch, long timeMicros, CommitBody body) {
        this(kind, CommitClocks.of(epoch, timeMicros), body);
    }

    public static CommitDraft of(long epoch, long timeMicros, CommitBody body) {
        return new CommitDraft(CommitKind.DATA, epoch, timeMicros, body);
    }

    /** A draft that takes its time from a source's own complete log, see {@link CommitClocks#ofLog}. */
    public static CommitDraft ofLog(long epoch, long timeMicros, CommitBody body) {
        return new CommitDraft(CommitKind.DATA, CommitClocks.ofLog(epoch, timeMicros), body);
    }

    public CommitDraft with(CommitClocks other) {
        return new CommitDraft(kind, other, body);
    }

    public long epoch() {
        return clocks.epoch();
    }

    public long timeMicros() {
        return clocks.timeMicros();
    }
}
