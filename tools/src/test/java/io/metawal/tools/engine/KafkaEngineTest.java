package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.Provenance;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.seed.Seeded;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.kafka.KafkaSettings;
import io.metawal.wal.kafka.KafkaUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer whose hot log is on Kafka: several machines, a store that is down, a topic that was truncated. */
@Tag("server")
@Tag("process")
class KafkaEngineTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final long OBSERVED = 1;

    private final KafkaBroker broker = KafkaBroker.shared();
    private final String topic = "engine-" + UUID.randomUUID();

    @TempDir
    Path directory;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(CLOCK));
    private final Repository repository =
            Repository.init(store, "test", CLOCK.instant()).repository();
    private @Nullable Integer timeline;
    private final Drafts drafts = new Drafts(Seeded.random(5));

    private Engine open(String machine) {
        EngineConfig config = new EngineConfig(
                directory.resolve(machine),
                timeline,
                "",
                machine,
                new ArchivePolicy(8 << 10, Duration.ofMillis(20)),
                SnapshotPolicy.DEFAULT,
                EngineConfig.LOG_BYTES_MAX,
                new KafkaWal(KafkaUrl.parse(broker.url(topic)), KafkaSettings.DEFAULT));
        return Engine.open(repository, config, CLOCK);
    }

    private CommitHeader append(Engine engine, int commits) {
        CompletableFuture<CommitHeader> last = engine.append(drafts.next());
        for (int n = 1; n < commits; n++) {
            last = engine.append(drafts.next());
        }
        return last.join();
    }

    private Provenance archived() {
        return History.load(repository).newestHead().orElseThrow().at();
    }

    @Test
    void anotherMachineGoesOnWithWhatIsNotArchived() {
        try (Engine engine = open("a")) {
            append(engine, 50);
            engine.flush(OBSERVED);
            store.switchOff();
            append(engine, 200);
        }
        store.switchOn();
        try (Engine engine = open("b")) {
            assertThat(engine.log().head().seq()).isEqualTo(250);
            assertThat(append(engine, 10).seq()).isEqualTo(260);
            assertThat(engine.flush(OBSERVED)).isZero();
        }
        assertThat(archived().seq()).isEqualTo(260);
    }

    @Test
    void aTopicThatIsMadeAnewIsAnotherLog() throws Exception {
        String first;
        try (Engine engine = open("a")) {
            first = engine.role().term().log();
        }
        try (Admin admin = broker.admin()) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
        try (Engine engine = open("b")) {
            assertThat(engine.role().term().log())
                    .startsWith("kafka topic " + topic + " ")
                    .isNotEqualTo(first);
        }
    }

    @Test
    void onOneMachineASecondWriterIsTurnedAwayAndFromAnotherItTakesOver() {
        try (Engine first = open("a")) {
            append(first, 5);
            assertThatThrownBy(() -> open("a"))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining(topic);
            append(first, 5);
            try (Engine second = open("b")) {
                assertThatThrownBy(() -> append(first, 1))
                        .satisfiesAnyOf(
                                e -> assertThat(e).isInstanceOf(FencedException.class),
                                e -> assertThat(e).hasCauseInstanceOf(FencedException.class));
                assertThat(append(second, 5).seq()).isEqualTo(15);
                second.flush(OBSERVED);
            }
        }
        assertThat(archived().seq()).isEqualTo(15);
    }

    @Test
    void aNewTimelineIsTakenUpInTheSameTopic() {
        try (Engine engine = open("a")) {
            append(engine, 30);
            engine.flush(OBSERVED);
        }
        Forks.fork(repository, 1, 10, "test", "", CLOCK.instant());
        timeline = 2;
        try (Engine engine = open("a")) {
            assertThat(append(engine, 5).seq()).isEqualTo(15);
            engine.flush(OBSERVED);
        }
        assertThat(archived().timeline()).isEqualTo(2);
        assertThat(archived().seq()).isEqualTo(15);
    }

    @Test
    void aTopicThatLacksWhatIsNotArchivedStopsTheNextWriter() throws ExecutionException, InterruptedException {
        try (Engine engine = open("a")) {
            append(engine, 20);
            engine.flush(OBSERVED);
            store.switchOff();
            for (int n = 0; n < 6; n++) {
                append(engine, 1);
            }
        }
        store.switchOn();
        // Each was a transaction: a mark, a commit, and what ends it.
        truncate(7);
        assertThatThrownBy(() -> open("b"))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("seq 21 to 24");
    }

    /** Deletes everything before so many records from the end. */
    private void truncate(int fromEnd) throws ExecutionException, InterruptedException {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = broker.admin()) {
            long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end - fromEnd)))
                    .all()
                    .get();
        }
    }
}
