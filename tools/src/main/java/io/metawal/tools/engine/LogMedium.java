package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.MetadataLog;

/** What a cluster's hot log is kept on. */
public interface LogMedium {
    /** Opens the log, or makes one that goes on from {@code archived}, where the archive ends. */
    MetadataLog open(Position archived);

    /** Leaves or puts aside what is there, and begins anew. */
    MetadataLog beginAnew(Position archived);

    /** Whether it is one log for all machines, and not this machine's own. */
    boolean shared();

    boolean exists();

    /** The position before the first commit of a log that {@link #open} gave. */
    Position origin(MetadataLog opened);

    /** For messages. */
    String name();
}
