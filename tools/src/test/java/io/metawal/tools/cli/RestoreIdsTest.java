package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.WriterRole;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** How long a restore waits for a writer elsewhere. */
class RestoreIdsTest {
    private static final InstantSource CLOCK = InstantSource.system();

    private static Duration patience(Duration heartbeat, Duration segmentAge) {
        Repository repository = Repository.init(new MemoryObjectStore(CLOCK), "test", CLOCK.instant())
                .repository();
        WriterRole.Request request = new WriterRole.Request(
                "test", 1, "", Term.OBSERVE_MICROS, "a", heartbeat.toNanos() / 1000, segmentAge.toNanos() / 1000);
        return RestoreIds.patience(WriterRole.take(repository, request, CLOCK).term());
    }

    @Test
    void asLongAsTheWriterTakesByItsSettings() {
        assertThat(patience(Duration.ofSeconds(5), Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(17));
        assertThat(patience(Duration.ofSeconds(2), Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(32));
        assertThat(patience(Duration.ZERO, Duration.ZERO)).isEqualTo(Duration.ofSeconds(6));
    }
}
