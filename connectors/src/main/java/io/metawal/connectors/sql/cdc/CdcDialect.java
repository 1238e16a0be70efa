package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A kind of database, as a capture needs it. Its methods connect where they must, and are called by the capturing thread alone. All throw
 * {@code UnreachableException} where the database does not answer: then the capture begins again, with {@link #reconnect} first.
 */
public interface CdcDialect extends AutoCloseable {
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

    /** Asked again once the engine has begun to stream from {@code at}: whether the log was let go of in between. */
    default Optional<String> lostMeanwhile(SqlPosition at) {
        return Optional.empty();
    }

    /** All tables that are captured, by name: those of the schema that the interpretation wants and the options do not exclude. */
    List<SqlTable> describe();

    /** A text that differs whenever {@link #describe} or what the log tells of the tables may; cheap enough for every heartbeat. */
    String layout();

    /**
     * Makes sure that the log tells of these tables, with the least that is needed.
     *
     * @return the reason, for the history, where the log has not told everything of them up to now
     * @throws io.metawal.metadata.fault.MetawalException of {@code ACCESS_DENIED} or {@code USAGE}, with the very statements that are missing
     */
    Optional<String> prepare(Collection<SqlTable> tables);

    /** Begins a consistent read; what it held before of the source's log is let go of. */
    BaseRead openBase(Collection<SqlTable> tables);

    /**
     * Settings of Debezium's connector, to stream these tables from a position on, without a snapshot. The feed adds its own: name, offset
     * storage, transactions, the placeholder of unchanged values.
     */
    Properties feed(SqlPosition from, Collection<SqlTable> tables);

    /** What is the same for all records of a transaction, of the name that Debezium gives it in one of them. */
    default String transaction(String told) {
        return told;
    }

    /** The position behind a transaction. */
    SqlPosition after(Map<String, ?> endOffset);

    /** When a transaction was committed by the source's clock, in µs since 1970. */
    long commitMicros(Map<String, ?> endOffset, long endMillis);

    /** A value that Debezium gives, in the form of {@code SqlRow}; {@code value} is not null. Throws {@link MisfitException}. */
    Object value(SqlColumn column, FieldForm form, Object value);

    /** Whether a value stands for one that was not written to the log since it did not change. */
    default boolean unchanged(Object value, String placeholder) {
        return FieldValues.unchanged(value, placeholder);
    }

    /** Marks the end of the source's log as it is now. */
    LogMark mark();

    /** Whether a record tells that the log has come to a mark; then everything committed before the mark was told. */
    @Nullable
    SqlPosition reached(LogMark mark, FeedRecord record);

    @Override
    void close();

    /** A place in the log that was its end when it was marked; for the dialect that made it. */
    record LogMark(String token) {}
}
