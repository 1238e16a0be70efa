package io.metawal.wal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.LogReader;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes that are not known, and topics that somebody else changed, on a broker that works. */
@Tag("server")
@Tag("process")
class KafkaOutcomeTest {
    private final Topics topics = new Topics(KafkaBroker.shared());
    private final String topic = Topics.fresh();
    private final Drafts drafts = new Drafts(Seeded.random(12));

    @TempDir
    Path directory;

    private KafkaLogConfig config() {
        return topics.config(topic, Position.START).in(directory);
    }

    private List<CommitHeader> append(KafkaLog log, int commits) {
        return Stream.generate(() -> log.append(drafts.next())).limit(commits).toList().stream()
                .map(CompletableFuture::join)
                .toList();
    }

    /** So many, the last ten in transactions of their own: where records are deleted, some marks are left. */
    private void appendSpread(KafkaLog log, int commits) {
        append(log, commits - 10);
        for (int n = 0; n < 10; n++) {
            append(log, 1);
        }
    }

    private static List<CommitHeader> read(KafkaLog log) {
        try (LogReader reader = log.read(log.firstSeq())) {
            return Stream.generate(reader::poll)
                    .limit(log.head().seq() - log.firstSeq() + 1)
                    .map(CommitRecord::header)
                    .toList();
        }
    }

    @Test
    void whateverATransactionsEndSaysEachCommitIsThereOnce() {
        Seeded.check(2, random -> {
            FaultyClients.Fault[] faults = FaultyClients.Fault.values();
            KafkaLogConfig config = topics.config(Topics.fresh(), Position.START);
            FaultyClients clients = new FaultyClients(
                    config,
                    () -> random.nextBoolean() ? FaultyClients.Fault.NONE : faults[random.nextInt(faults.length)]);
            List<CommitHeader> acked = new ArrayList<>();
            try (KafkaLog log = KafkaLog.open(config, clients)) {
                for (int n = 0; n < 20; n++) {
                    acked.addAll(append(log, 3));
                }
                assertThat(read(log)).isEqualTo(acked);
            }
            try (KafkaLog log = KafkaLog.open(config)) {
                assertThat(read(log)).isEqualTo(acked);
            }
        });
    }

    @Test
    void whoIsFencedByAnotherStopsHoweverItHearsOfIt() {
        for (FaultyClients.Fault heard : List.of(
                FaultyClients.Fault.TIMEOUT_BEFORE, FaultyClients.Fault.FENCED_BEFORE, FaultyClients.Fault.NONE)) {
            KafkaLogConfig config = topics.config(Topics.fresh(), Position.START);
            FaultyClients.Fault[] next = {FaultyClients.Fault.NONE};
            try (KafkaLog first = KafkaLog.open(config, new FaultyClients(config, () -> next[0]))) {
                append(first, 5);
                try (KafkaLog second = KafkaLog.open(config)) {
                    next[0] = heard;
                    assertThatThrownBy(() -> append(first, 1)).hasCauseInstanceOf(FencedException.class);
                    assertThat(append(second, 5).get(4).seq()).isEqualTo(10);
                }
            }
        }
    }

    @Test
    void aTopicTruncatedPastTheArchiveIsNamedNowAndAtTheNextOpening() {
        try (KafkaLog log = KafkaLog.open(config())) {
            appendSpread(log, 300);
            topics.deleteAllBut(topic, 20);
            LogReader reader = log.read(1);
            assertThatThrownBy(reader::poll)
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("truncated by somebody else");
        }
        assertThatThrownBy(() -> KafkaLog.open(config()))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("lost commits, seq 1 to");
    }

    @Test
    void whatWasTruncatedIsNotMissedWhereTheArchiveHasIt() {
        Position head;
        try (KafkaLog log = KafkaLog.open(config())) {
            appendSpread(log, 300);
            head = log.head();
        }
        topics.deleteAllBut(topic, 20);
        KafkaLogConfig archived = topics.config(topic, head).in(directory);
        try (KafkaLog log = KafkaLog.open(archived)) {
            assertThat(log.head()).isEqualTo(head);
            assertThat(append(log, 1).get(0).seq()).isEqualTo(301);
        }
    }

    @Test
    void aTopicThatIsEmptiedSaysNothingAndIsRefused() {
        try (KafkaLog log = KafkaLog.open(topics.config(topic, Position.START))) {
            append(log, 50);
        }
        topics.deleteAllBut(topic, 0);
        assertThatThrownBy(() -> KafkaLog.open(topics.config(topic, Position.START)))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("name a new topic");
    }

    @Test
    void aTopicThatIsGoneOrMadeAnewIsNamed() {
        try (KafkaLog log = KafkaLog.open(config())) {
            append(log, 50);
            topics.delete(topic);
            topics.make(topic, 1, new TopicRules(0, 0).made(1));
            assertThatThrownBy(() -> append(log, 50)).hasCauseInstanceOf(SourceChangedException.class);
        }
        assertThatThrownBy(() -> KafkaLog.open(config()))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("seq 1 to 50");
        topics.delete(topic);
        assertThatThrownBy(() -> KafkaLog.open(config()))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("the topic is gone");
    }

    @Test
    void whatTheNoteHasAndTheTopicLacksIsNamedOrComesFromTheArchive() {
        Position head;
        try (KafkaLog log = KafkaLog.open(config())) {
            append(log, 50);
            head = log.head();
        }
        String shorter = Topics.fresh();
        try (KafkaLog log = KafkaLog.open(topics.config(shorter, Position.START))) {
            append(log, 20);
        }
        assertThatThrownBy(() ->
                        KafkaLog.open(topics.config(shorter, Position.START).in(directory)))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("seq 21 to 50");
        try (KafkaLog log = KafkaLog.open(topics.config(shorter, head).in(directory))) {
            assertThat(log.head()).isEqualTo(head);
        }
    }

    @Test
    void anotherHistoryThanTheNotedOneIsRefused() {
        try (KafkaLog log = KafkaLog.open(config())) {
            append(log, 10);
        }
        String other = Topics.fresh();
        try (KafkaLog log = KafkaLog.open(topics.config(other, Position.START))) {
            append(log, 20);
        }
        assertThatThrownBy(
                        () -> KafkaLog.open(topics.config(other, Position.START).in(directory)))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("another commit of seq 10");
    }

    @Test
    void noBrokerAtAllIsUnreachable() {
        KafkaLogConfig nowhere = KafkaLogConfig.of(
                        KafkaUrl.parse("kafka://127.0.0.1:1/t"), Topics.CLUSTER, Position.START, InstantSource.system())
                .with(KafkaSettings.of(Map.of("default.api.timeout.ms", "1000", "request.timeout.ms", "900")));
        assertThatThrownBy(() -> KafkaLog.open(nowhere))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("127.0.0.1:1");
    }
}
