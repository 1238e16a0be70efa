package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.row.SqlTable;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A database with a log of its changes, as a capture needs it. Its methods connect where they must, and are called by the capturing thread
 * alone. All throw {@code UnreachableException} where the database does not answer: then the capture begins again, with {@link #reconnect}
 * first.
 */
public interface SourceLog extends AutoCloseable {
    /** Lets go of connections; the next call opens new ones. */
    void reconnect();

    /** For messages; never with a password in it. */
    @Override
    String toString();

    /** What tells this server, and the database in it, from any other. */
    String identity();

    /**
     * Whether everything behind a position is still in the source's log; empty where it is, else the reason why not, for the history.
     *
     * @throws io.metawal.metadata.fault.SourceChangedException where this is not the source that the position is of, or it went back
     */
    Optional<String> lost(SqlPosition at);

    /** All tables that are captured, by name: those of the schema that the interpretation wants and the options do not exclude. */
    List<SqlTable> describe();

    /** A text that differs whenever {@link #describe} or what the log tells of the tables may; cheap enough for every heartbeat. */
    String layout();

    /**
     * How rows may have changed from one layout to another without a word in the log, in tables that are described the same in both; for
     * the history. Empty where they can not have, or where it is not known what the layout was.
     */
    default Optional<String> untold(Collection<SqlTable> tables, String before, String now) {
        return Optional.empty();
    }

    /** The position with what it needs of a layout, so that {@link #untold} can be asked from there on. */
    default SqlPosition keeping(SqlPosition at, String layout) {
        return at;
    }

    /** The layout that a position keeps; empty where it keeps none. */
    default String kept(SqlPosition at) {
        return "";
    }

    /**
     * Makes sure that the log tells of these tables, with the least that is needed.
     *
     * @return the reason, for the history, where the log has not told everything of them up to now
     * @throws io.metawal.metadata.fault.MetawalException of {@code ACCESS_DENIED} or {@code USAGE}, with the very statements that are missing
     */
    Optional<String> prepare(Collection<SqlTable> tables);

    /** Begins a consistent read; what it held before of the source's log is let go of. */
    BaseRead openBase(Collection<SqlTable> tables);

    /** What follows the log from a position on. */
    LogFollower follow(LogFollower.Start start);

    @Override
    void close();
}
