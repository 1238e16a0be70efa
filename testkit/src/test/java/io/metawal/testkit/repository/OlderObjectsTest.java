package io.metawal.testkit.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.Clamps;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.SealedJson;
import io.metawal.storage.repository.Term;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Objects that were written before a field was added. */
class OlderObjectsTest {
    private static final ObjectKey KEY = new ObjectKey("some/object");

    private record OldState(List<String> snapshots, List<Gap> gaps) {}

    private record OldTerm(
            long term,
            String nonce,
            String owner,
            long takenMicros,
            Provenance from,
            SegmentHash previousHash,
            Map<Integer, Long> ends,
            long follows,
            long manifest,
            String source) {}

    private record OldHead(
            long term,
            Provenance at,
            long observedUntilMicros,
            long observedEpoch,
            long manifest,
            SegmentHash segmentHash,
            long writtenMicros,
            boolean released) {}

    private static <T> T read(Object old, Class<T> type) {
        return SealedJson.read(KEY, SealedJson.write(KEY, old), type);
    }

    @Test
    void aFullCopyOfTheManifestWithoutUnobservedSpans() {
        Manifest.State state = read(new OldState(List.of("s"), List.of()), Manifest.State.class);
        assertThat(state.snapshots()).containsExactly("s");
        assertThat(state.unobserved()).isEmpty();
    }

    @Test
    void aTermThatNamesNoHotLog() {
        Term term = read(
                new OldTerm(1, "n", "o", 2, Provenance.START, SegmentHash.NONE, Map.of(1, 3L), 0, 0, ""), Term.class);
        assertThat(term.log()).isEqualTo(Term.UNKNOWN_LOG);
    }

    @Test
    void aHeadThatSaysNothingOfWhatWasAcknowledged() {
        Head head = read(new OldHead(1, Provenance.START, 0, 0, 0, SegmentHash.NONE, 5, false), Head.class);
        assertThat(head.clamps()).isEqualTo(Clamps.NONE);
        assertThat(head.acknowledgedSeq()).isNull();
    }
}
