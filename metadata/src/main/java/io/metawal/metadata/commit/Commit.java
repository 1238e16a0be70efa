package io.metawal.metadata.commit;

import java.util.List;

/** One transaction of the source at its place in the log: the unit of atomicity. */
public record Commit(CommitHeader header, CommitBody body) {
    public long seq() {
        return header.seq();
    }

    public long epoch() {
        return header.epoch();
    }

    public long timeMicros() {
        return header.timeMicros();
    }

    public List<Change> changes() {
        return body.changes();
    }
}
