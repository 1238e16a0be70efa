package io.metawal.metadata.port;

import io.metawal.metadata.commit.CommitRecord;
import org.jspecify.annotations.Nullable;

/** One reader's place in a log. For one thread at a time. */
public interface LogReader extends AutoCloseable {
    /** The next durable commit, checked; null while there is none yet. */
    @Nullable
    CommitRecord poll();

    @Override
    void close();
}
