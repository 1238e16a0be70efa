package io.metawal.metadata.commit;

/**
 * The clocks of a commit: as a draft asks for them, or as they were written.
 *
 * @param epoch the source's logical clock; absent in a draft: that of the commit before
 * @param timeMicros µs since 1970 UTC; absent in a draft: that of capture
 * @param observedUntilMicros up to and including this time the source is known to have made no commit between the one
 *     before and this one; 0 where it was never observed. Absent in a draft of whoever is the only source of the log: nothing
 *     came before this commit itself
 * @param clockMicros the time before it was clamped; absent in a draft: the same as {@code timeMicros}
 */
public record CommitClocks(long epoch, long timeMicros, long observedUntilMicros, long clockMicros) {
    /** A clock that a draft leaves open. */
    public static final long ABSENT = -1;

    /** The clocks of a draft whose writer is the only source of the log. */
    public static CommitClocks of(long epoch, long timeMicros) {
        return new CommitClocks(epoch, timeMicros, ABSENT, ABSENT);
    }

    /** The clocks of a draft that takes its time from a source's own complete log: that log had nothing else before. */
    public static CommitClocks ofLog(long epoch, long timeMicros) {
        long observed = timeMicros == ABSENT ? ABSENT : timeMicros - 1;
        return new CommitClocks(epoch, timeMicros, observed, ABSENT);
    }

    /** The same with another time; the clock keeps what was asked for. */
    public CommitClocks clampedTo(long otherMicros) {
        return new CommitClocks(
                epoch, otherMicros, observedUntilMicros, clockMicros == ABSENT ? timeMicros : clockMicros);
    }

    public CommitClocks observedUntil(long micros) {
        return new CommitClocks(epoch, timeMicros, micros, clockMicros);
    }

    /**
     * As they are written after a commit with these clocks. Epoch and time never fall. A time that has to be raised leaves the
     * span from the clock to that time unobserved: the clock has been there before.
     *
     * @param nowMicros the time of capture
     * @param afterGap whether something between the two is known to be missing
     */
    public CommitClocks after(long epochBefore, long timeBefore, long nowMicros, boolean afterGap) {
        long wanted = timeMicros == ABSENT ? nowMicros : timeMicros;
        long clock = clockMicros == ABSENT ? wanted : clockMicros;
        long time = Math.max(timeBefore, wanted);
        long justBefore = (time > wanted ? Math.min(time, clock) : time) - 1;
        long observed = Math.min(observedUntilMicros, justBefore);
        if (observedUntilMicros == ABSENT) {
            // Of the only source, the log's order is what counts.
            observed = afterGap ? Math.min(timeBefore, time - 1) : time - 1;
        }
        return new CommitClocks(Math.max(epochBefore, epoch), time, observed, clock);
    }

    /**
     * Whether the clock was set back by more than this: it has told the times from there on before, and when the commit happened
     * is not known.
     */
    public boolean setBack(long moreThanMicros) {
        return timeMicros - clockMicros > moreThanMicros && observedUntilMicros < clockMicros;
    }

    /** By how much the time was clamped, either way. */
    public long clampedMicros() {
        return Math.abs(timeMicros - clockMicros);
    }
}
