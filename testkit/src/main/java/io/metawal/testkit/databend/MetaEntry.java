package io.metawal.testkit.databend;

import com.google.protobuf.ByteString;
import io.metawal.testkit.databend.proto.TxnRequest;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the raft log.
 *
 * @param timeMs the leader's time; 0 for an entry without a command
 */
public record MetaEntry(long term, long node, long index, long timeMs, Command command) {

    /** What an entry does. */
    public sealed interface Command permits Blank, Membership, Upsert, Txn {}

    /** What a new leader begins with. */
    public record Blank() implements Command {}

    /** Which nodes vote: what a log begins with. */
    public record Membership(int nodes) implements Command {}

    /**
     * @param value null to delete
     * @param ttlMs null for a record that stays
     */
    public record Upsert(
            String key,
            @Nullable ByteString value,
            @Nullable Long ttlMs) implements Command {}

    public record Txn(TxnRequest request) implements Command {}
}
