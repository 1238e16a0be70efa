package io.metawal.storage.repository;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SegmentHash;

/**
 * {@code head/<term>}: the independent word on where the log ends. The one object that is rewritten, by its term's owner
 * alone.
 *
 * @param at the last archived commit
 * @param observedUntilMicros the source is known to have had nothing else up to then
 * @param observedEpoch the source's own clock at that time
 * @param manifest the newest manifest when this was written
 * @param segmentHash the hash of the last segment
 */
public record Head(
        long term,
        Provenance at,
        long observedUntilMicros,
        long observedEpoch,
        long manifest,
        SegmentHash segmentHash) {}
