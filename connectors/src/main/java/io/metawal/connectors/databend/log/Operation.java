package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a transaction's branch does, in order. Reads do nothing here and are left out. */
public sealed interface Operation {
    /** A put; {@code matchSeq} null for whatever is there. */
    record Put(
            ByteString key,
            ByteString value,
            Expiry expiry,
            @Nullable Long matchSeq) implements Operation {}

    /** A delete; {@code matchSeq} null for whatever is there. */
    record Delete(ByteString key, @Nullable Long matchSeq) implements Operation {}

    /** Deletes all keys that begin so. */
    record DeleteByPrefix(ByteString prefix) implements Operation {}

    /** The value becomes {@code max(value, floor) + delta}, as JSON; what is no such number counts as 0. */
    record FetchIncrease(
            ByteString key,
            long delta,
            long floor,
            @Nullable Long matchSeq) implements Operation {}

    /** Puts under the prefix and the number that the sequence key had before, which is increased. */
    record PutSequential(ByteString prefix, ByteString sequenceKey, ByteString value, Expiry expiry)
            implements Operation {}

    /** A branch of a transaction: the first whose predicate holds is taken. */
    record Branch(Predicate predicate, List<Operation> operations) {}

    /**
     * When what is put expires.
     *
     * @param expireAt as given, in seconds or milliseconds; null for never
     * @param ttlMs after the entry's time, instead; null for none
     */
    record Expiry(@Nullable Long expireAt, @Nullable Long ttlMs) {
        public static final Expiry NEVER = new Expiry(null, null);
    }
}
