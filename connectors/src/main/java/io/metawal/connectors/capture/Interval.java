package io.metawal.connectors.capture;

/**
 * Something that is due once in an interval of this machine's clock. Where the clock was set back it is due at once, not only when the
 * clock has come to where it was. For one thread.
 */
public final class Interval {
    private final long everyMicros;
    private long lastMicros;
    private boolean begun;

    public Interval(long everyMicros) {
        this.everyMicros = everyMicros;
    }

    /** Whether it is due, as it is at first; then it is done now. */
    public boolean due(long nowMicros) {
        long since = nowMicros - lastMicros;
        boolean due = !begun || since < 0 || since >= everyMicros;
        if (due) {
            begun = true;
            lastMicros = nowMicros;
        }
        return due;
    }
}
