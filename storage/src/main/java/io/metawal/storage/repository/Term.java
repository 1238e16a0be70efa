package io.metawal.storage.repository;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SegmentHash;
import java.util.Map;
import java.util.Objects;

/**
 * {@code term/<term>}: somebody took the writer's role. It fences older writers as soon as it is there; it counts in the
 * history once its owner has looked again and written the first head (see {@link Terms}).
 *
 * @param nonce random, so that a writer knows its own object again (I10)
 * @param from where it continues; its timeline is the one that it writes
 * @param previousHash the hash of the segment before {@code from}
 * @param ends the last seq that counts of each timeline: what an older term wrote beyond it does not
 * @param follows the term whose history this one continues; 0 for none. Terms that no later one follows are void
 * @param manifest the newest edit of the manifest that counts: what an older term wrote beyond it does not
 * @param source the identity of the cluster that is captured; empty for an API source
 * @param observeMicros how often the source is observed, by plan
 * @param log which hot log the owner acknowledges commits in; empty for none. Terms with the same log continue one another
 */
public record Term(
        long term,
        String nonce,
        String owner,
        long takenMicros,
        Provenance from,
        SegmentHash previousHash,
        Map<Integer, Long> ends,
        long follows,
        long manifest,
        String source,
        long observeMicros,
        String log) {
    /** How often a source is observed where nothing else is said. */
    public static final long OBSERVE_MICROS = 1_000_000;

    public Term {
        ends = Map.copyOf(ends);
        log = Objects.requireNonNullElse(log, "");
    }
}
