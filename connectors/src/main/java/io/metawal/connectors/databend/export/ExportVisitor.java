package io.metawal.connectors.databend.export;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.log.FieldException;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import org.jspecify.annotations.Nullable;

/** Is shown an export line by line; what it throws of a field is made a fault that names the line. */
public interface ExportVisitor {
    /** The first line, where it is a header; {@code V0} and no text where there is none. */
    default void version(ExportVersion version, String line) throws FieldException {}

    /** {@code Committed}; null where nothing is said to be. */
    default void committed(@Nullable LogId at, String line) throws FieldException {}

    /** {@code Purged}, or {@code LastPurged}. */
    default void purged(@Nullable LogId at, String line) throws FieldException {}

    /** Anything else of the raft trees: ids, votes, and what is not known. */
    default void raft(String tree, String variant, String line) throws FieldException {}

    default void log(LogEntry entry) throws FieldException, InterruptedException {}

    /** The first line of the state machine: which tree it is in. */
    default void tree(String tree) throws FieldException {}

    default void sequences(String key, long value) throws FieldException, InterruptedException {}

    /** @param value JSON; {@code logId} is what stands in a {@code LogId} value, else null */
    default void meta(String key, String value, @Nullable LogId logId) throws FieldException, InterruptedException {}

    /** @param node JSON */
    default void node(String id, String node) throws FieldException, InterruptedException {}

    default void expire(long timeMs, long seq, ByteString key, Expire line)
            throws FieldException, InterruptedException {}

    default void kv(ByteString key, KvRecord record) throws FieldException, InterruptedException {}

    /** A line of the state machine of a kind that is not known. */
    default void other(String variant, String line) throws FieldException, InterruptedException {}

    /** There were so many lines. */
    default void end(long lines) {}

    /**
     * An Expire line.
     *
     * @param valueSeq what {@code value.seq} is; null where it is absent
     */
    record Expire(@Nullable Long valueSeq, String line) {}
}
