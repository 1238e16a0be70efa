package io.metawal.connectors.databend.replay;

import io.metawal.connectors.databend.entry.RecordMeta;
import io.metawal.connectors.databend.log.Operation.Expiry;
import io.metawal.connectors.databend.log.ServerRules;
import org.jspecify.annotations.Nullable;

/** How a version of the meta service writes what stands beside a record. */
public enum MetaStyle {
    /** Until 2022: nothing is {@code null}. */
    NULL,
    /** {@code {"expire_at":null}}, but {@code null} for an {@code UpsertKV} that says nothing. */
    EXPIRE_NULL,
    /** {@code {}}, but {@code null} for an {@code UpsertKV} that says nothing. */
    EMPTY,
    /** Every put leaves the time of its entry. */
    PROPOSED;

    private static final long MILLIS_PER_SECOND = 1000;

    /**
     * @param expiry null where an {@code UpsertKV} says nothing
     * @param timeMs of the entry; 0 for none
     */
    RecordMeta of(@Nullable Expiry expiry, long timeMs, ServerRules.Ttl ttl) {
        Long at = expiry == null ? null : expiry.expireAt();
        if (expiry != null && expiry.ttlMs() != null) {
            // Without sign: what is beyond 64 bits never comes.
            long sum = timeMs + expiry.ttlMs();
            long endless = Long.compareUnsigned(sum, timeMs) < 0 ? -1 : sum;
            at = ttl == ServerRules.Ttl.SECONDS ? Long.divideUnsigned(endless, MILLIS_PER_SECOND) : endless;
        }
        if (this == PROPOSED && timeMs > 0) {
            String proposed = "\"proposed_at_ms\":" + timeMs + "}";
            return at == null
                    ? new RecordMeta("{" + proposed, false, -1)
                    : expiring("{\"expire_at\":" + Long.toUnsignedString(at) + "," + proposed, at);
        }
        if (at != null) {
            return expiring("{\"expire_at\":" + Long.toUnsignedString(at) + "}", at);
        }
        if (expiry == null && this != PROPOSED || this == NULL) {
            return RecordMeta.NULL;
        }
        return this == EXPIRE_NULL ? RecordMeta.EXPIRE_NULL : RecordMeta.EMPTY;
    }

    private static RecordMeta expiring(String text, long at) {
        return new RecordMeta(text, true, RecordMeta.expireMs(at));
    }
}
