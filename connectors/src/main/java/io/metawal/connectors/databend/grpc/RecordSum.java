package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendMonotonic;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;

/**
 * The digest of the records that a restore brings back, by key, value and expiry: the seqs there are new ones. Records that expire soon are
 * left out, since they may be gone when the service is read.
 */
final class RecordSum {
    private static final long SOON_MS = 600_000;
    private static final DatabendMonotonic MONOTONIC = new DatabendMonotonic();

    private final long soonMs;
    private Digest sum = Digest.EMPTY;

    RecordSum(long nowMs) {
        this.soonMs = nowMs + SOON_MS;
    }

    /** Another sum of the same rules, without records. */
    RecordSum begin() {
        return new RecordSum(soonMs - SOON_MS);
    }

    /** Whether a key is put as the point has it, or as far on as the service has it, and deleted where the point does not have it. */
    static boolean restored(EntryKey key) {
        Category category = CategoryRules.DEFAULT.categoryOf(key);
        return DatabendSpaces.holdsRecords(key.space())
                && category != Category.EPHEMERAL
                && (category != Category.MONOTONIC || MONOTONIC.fits(key));
    }

    /** Takes an entry, where it is of a record that is restored. */
    void add(Entry entry) {
        if (!restored(entry.entryKey())) {
            return;
        }
        KvRecord record = KvRecord.of(entry);
        boolean expires = record.meta().expires();
        long expireMs = record.meta().expireMs();
        if (!expires || Long.compareUnsigned(expireMs, soonMs) >= 0) {
            ByteString expiry = expires ? ByteString.copyFromUtf8(Long.toUnsignedString(expireMs)) : ByteString.EMPTY;
            EntryKey key = new EntryKey(DatabendSpaces.KV, entry.entryKey().key());
            sum = sum.plus(Digest.of(new Entry(key, record.data(), expiry)));
        }
    }

    Digest sum() {
        return sum;
    }
}
