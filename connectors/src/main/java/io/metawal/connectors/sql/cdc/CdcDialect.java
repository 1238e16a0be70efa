package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A kind of database whose log Debezium's engine tells. */
public interface CdcDialect extends SourceLog {
    /** Asked again once the engine has begun to stream from {@code at}: whether the log was let go of in between. */
    default Optional<String> lostMeanwhile(SqlPosition at) {
        return Optional.empty();
    }

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
    default LogFollower follow(LogFollower.Start start) {
        return new SqlStream(this, start);
    }

    /** A place in the log that was its end when it was marked; for the dialect that made it. */
    record LogMark(String token) {}
}
