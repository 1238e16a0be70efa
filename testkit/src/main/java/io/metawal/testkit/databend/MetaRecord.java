package io.metawal.testkit.databend;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What a key holds.
 *
 * @param expireAtMs as the writer gave it, in ms; null where the record stays
 * @param proposedAtMs when the write was proposed
 */
public record MetaRecord(
        long seq,
        ByteString value,
        @Nullable Long expireAtMs,
        @Nullable Long proposedAtMs) {}
