package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.MetadataLog;
import java.util.Optional;

/** What a cluster's hot log is kept on. */
public interface LogMedium {
    /** Opens the log, or makes one that goes on from {@code archived}, where the archive ends. */
    MetadataLog open(Position archived);

    /** Leaves or puts aside what is there, all of which is archived, and begins anew: to those who ask what was archived it is the same log. */
    MetadataLog beginAnew(Position archived);

    /** As {@link #beginAnew}, where something of it is not archived: what begins is another log. */
    MetadataLog beginOther(Position archived);

    /** How far was acknowledged, by a note that is read without opening the log; empty where there is none. */
    Optional<Position> acked();

    /** Whether it is one log for all machines, and not this machine's own. */
    boolean shared();

    boolean exists();

    /** The position before the first commit of a log that {@link #open} gave. */
    Position origin(MetadataLog opened);

    /** For messages. */
    String name();
}
