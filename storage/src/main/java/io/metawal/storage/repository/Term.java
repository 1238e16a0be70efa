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
 * @param log which hot log the owner acknowledges commits in; empty for none, {@link #UNKNOWN_LOG} where it did not say. Terms with the
 *     same log continue one another
 * @param heartbeatMicros how often the owner gives a sign of life; 0 where it did not say
 * @param segmentAgeMicros how long a commit waits at most before it is archived; 0 where it did not say
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
        String log,
        long heartbeatMicros,
        long segmentAgeMicros) {
    /** How often a source is observed where nothing else is said. */
    public static final long OBSERVE_MICROS = 1_000_000;

    /** Of terms that were written before they named a log: two of them need not be of the same. */
    public static final String UNKNOWN_LOG = "unknown";

    /** How the names of logs on Kafka begin. */
    public static final String KAFKA_LOG = "kafka topic ";

    public Term {
        ends = Map.copyOf(ends);
        log = Objects.requireNonNullElse(log, UNKNOWN_LOG);
    }
}
