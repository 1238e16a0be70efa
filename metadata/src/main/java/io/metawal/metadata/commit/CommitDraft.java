package io.metawal.metadata.commit;

/**
 * A commit before the sequencer gave it its place.
 *
 * @param epoch the source's logical clock, or {@link #ABSENT}: then that of the commit before
 * @param timeMicros µs since 1970 UTC, or {@link #ABSENT}: then that of capture
 */
public record CommitDraft(CommitKind kind, long epoch, long timeMicros, CommitBody body) {
    public static final long ABSENT = -1;

    public static CommitDraft of(long epoch, long timeMicros, CommitBody body) {
        return new CommitDraft(CommitKind.DATA, epoch, timeMicros, body);
    }
}
