package io.metawal.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.repository.Clamps;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.Leader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaderWatchTest {
    private static final long SECOND = 1_000_000_000L;

    private final LeaderWatch watch = new LeaderWatch(Duration.ofSeconds(6));

    private static Leader leader(long term, long writtenMicros, boolean released) {
        Head head = new Head(
                term, Provenance.START, 0, 0, 0, SegmentHash.NONE, writtenMicros, Clamps.NONE, released, null, null);
        return new Leader(term, head);
    }

    @Test
    void whereNobodyWritesNobodyWaits() {
        assertThat(watch.verdict(Leader.NONE, 0)).contains("nobody");
        assertThat(watch.verdict(leader(3, 7, true), 0)).contains("term 3 has stopped");
    }

    @Test
    void aWriterLivesForAsLongAsItsHeadChanges() {
        for (int n = 0; n < 100; n++) {
            assertThat(watch.verdict(leader(1, n, false), 5 * SECOND * n)).isNull();
        }
    }

    @Test
    void silenceIsCountedFromTheLastChangeThatWasSeen() {
        assertThat(watch.verdict(leader(1, 1, false), 100 * SECOND)).isNull();
        assertThat(watch.verdict(leader(1, 1, false), 105 * SECOND)).isNull();
        assertThat(watch.verdict(leader(1, 2, false), 107 * SECOND)).isNull();
        assertThat(watch.verdict(leader(1, 2, false), 112 * SECOND)).isNull();
        assertThat(watch.verdict(leader(1, 2, false), 113 * SECOND))
                .contains("term 1 has given no sign of life for 6000 ms");
    }

    @Test
    void anotherWriterHasItsOwnTime() {
        assertThat(watch.verdict(leader(1, 1, false), 0)).isNull();
        assertThat(watch.verdict(new Leader(2, null), 6 * SECOND)).isNull();
        assertThat(watch.verdict(new Leader(2, null), 11 * SECOND)).isNull();
        assertThat(watch.verdict(new Leader(2, null), 12 * SECOND)).isNotNull();
    }

    @Test
    void whatCouldNotBeSeenIsNotHeldAgainstTheWriter() {
        assertThat(watch.verdict(leader(1, 1, false), 0)).isNull();
        watch.blind();
        assertThat(watch.verdict(leader(1, 1, false), 60 * SECOND)).isNull();
        assertThat(watch.verdict(leader(1, 1, false), 66 * SECOND)).isNotNull();
    }
}
