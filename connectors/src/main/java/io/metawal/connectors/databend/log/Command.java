package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.log.Operation.Branch;
import io.metawal.connectors.databend.log.Operation.Expiry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a log entry carries. */
public sealed interface Command {
    /** A leader's first entry. */
    record Blank() implements Command {}

    /** @param text the membership, JSON */
    record Membership(String text) implements Command {}

    /** Adds a node, JSON, unless it is there already; {@code overriding} then too. */
    record AddNode(String id, String node, boolean overriding) implements Command {}

    /** Removes a node. */
    record RemoveNode(String id) implements Command {}

    /** Switches something that no export tells of. */
    record SetFeature(String feature, boolean enabled) implements Command {}

    /**
     * @param matchFrom least seq that the record must have, 0 being absent
     * @param matchTo greatest
     * @param op what is done
     * @param meta what was said of expiry; null where nothing was, which is written otherwise
     */
    record Upsert(
            ByteString key,
            long matchFrom,
            long matchTo,
            UpsertOp op,
            ByteString value,
            @Nullable Expiry meta) implements Command {}

    /** Of an {@link Upsert}. */
    enum UpsertOp {
        UPDATE,
        DELETE,
        /** Only the meta is changed. */
        AS_IS
    }

    /** The first branch whose predicate holds. */
    record Transaction(List<Branch> branches) implements Command {}

    /** One that is not known, or has a part that is not. */
    record Unknown(String what) implements Command {}
}
