package io.metawal.storage.repository;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SegmentHash;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code head/<term>}: the independent word on where the log ends. The one object that is rewritten, by its term's owner
 * alone.
 *
 * @param at the last archived commit
 * @param observedUntilMicros the source is known to have had nothing else up to then; may be before the last commit
 * @param observedEpoch the source's own clock at that time
 * @param manifest the newest manifest when this was written
 * @param segmentHash the hash of the last segment
 * @param writtenMicros when, by the owner's clock: that it changes is a sign of life, and nothing else is made of it
 * @param clamps the commits of this timeline whose times are not those of their clocks
 * @param released whether the owner has stopped in good order, so that nobody need wait for it
 * @param acknowledgedSeq the last commit that the owner had acknowledged when it wrote this; null where it did not say
 * @param compared when what was captured was last compared with the source and was equal; null where it never was
 */
public record Head(
        long term,
        Provenance at,
        long observedUntilMicros,
        long observedEpoch,
        long manifest,
        SegmentHash segmentHash,
        long writtenMicros,
        Clamps clamps,
        boolean released,
        @Nullable Long acknowledgedSeq,
        @Nullable Compared compared) {
    public Head {
        clamps = Objects.requireNonNullElse(clamps, Clamps.NONE);
    }
}
