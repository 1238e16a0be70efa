package io.metawal.wal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.testkit.seed.Seeded;
import io.metawal.wal.MetadataLogContract;
import io.metawal.wal.chronicle.ChronicleLog;
import io.metawal.wal.chronicle.ChronicleLogConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log on a broker that works. */
@Tag("server")
@Tag("process")
class KafkaLogTest extends MetadataLogContract {
    private final Topics topics = new Topics(KafkaBroker.shared());
    private final String topic = Topics.fresh();
    private final Drafts drafts = new Drafts(Seeded.random(11));

    @TempDir
    Path directory;

    private KafkaLogConfig config() {
        return topics.config(topic, Position.START);
    }

    @Override
    protected MetadataLog open(Position start, long bytesMax) {
        return KafkaLog.open(topics.config(Topics.fresh(), start).withBytesOnDiskMax(bytesMax));
    }

    private Position append(KafkaLog log, int commits) {
        Stream.generate(() -> log.append(drafts.next())).limit(commits).toList().forEach(CompletableFuture::join);
        return log.head();
    }

    private static CommitDraft large(int bytes) {
        byte[] value = new byte[bytes];
        Seeded.random(1).nextBytes(value);
        Change change = Change.put(EntryKey.of("test", "k"), ByteString.copyFrom(value));
        return CommitDraft.of(1, 1, CommitBody.of("", "test", List.of(change)));
    }

    @Test
    void aCommitOfManyPiecesIsThereWholeAfterReopening() {
        List<CommitRecord> before;
        try (KafkaLog log = KafkaLog.open(config())) {
            append(log, 3);
            log.append(large(5 << 20)).join();
            log.append(large((512 << 10) - 200)).join();
            append(log, 3);
            before = readAll(log, Position.START);
        }
        try (KafkaLog log = KafkaLog.open(config())) {
            List<CommitRecord> after = readAll(log, Position.START);
            assertThat(after).hasSize(8);
            for (int n = 0; n < after.size(); n++) {
                assertThat(bytes(after.get(n))).isEqualTo(bytes(before.get(n)));
            }
        }
    }

    private static byte[] bytes(CommitRecord record) {
        return Arrays.copyOfRange(record.array(), record.offset(), record.offset() + record.length());
    }

    @Test
    void theSameDraftsGiveTheSameBytesAsOnChronicle() {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-21T00:00:00Z"));
        Seeded.check(3, random -> {
            Drafts same = new Drafts(random);
            List<CommitDraft> history = Stream.generate(same::next).limit(150).toList();
            Path files = directory.resolve("chronicle-" + random.nextLong());
            KafkaLogConfig onKafka = KafkaLogConfig.of(
                            topics.config(Topics.fresh(), Position.START).url(), "cluster-1", Position.START, clock)
                    .with(Topics.SMALL);
            try (MetadataLog chronicle =
                            ChronicleLog.open(ChronicleLogConfig.of(files, "cluster-1", Position.START, clock));
                    MetadataLog kafka = KafkaLog.open(onKafka)) {
                for (MetadataLog log : List.of(chronicle, kafka)) {
                    history.stream().map(log::append).toList().forEach(CompletableFuture::join);
                }
                assertThat(kafka.head()).isEqualTo(chronicle.head());
                List<CommitRecord> expected = readAll(chronicle, Position.START);
                List<CommitRecord> found = readAll(kafka, Position.START);
                for (int n = 0; n < expected.size(); n++) {
                    assertThat(bytes(found.get(n))).isEqualTo(bytes(expected.get(n)));
                }
            }
        });
    }

    @Test
    void aSecondWriterFencesTheFirst() {
        try (KafkaLog first = KafkaLog.open(config())) {
            append(first, 20);
            try (KafkaLog second = KafkaLog.open(config())) {
                assertThat(second.head()).isEqualTo(first.head());
                CompletableFuture<?> late = first.append(drafts.next());
                append(second, 20);
                assertThatThrownBy(late::join).hasCauseInstanceOf(FencedException.class);
                assertThatThrownBy(() -> first.append(drafts.next())).isInstanceOf(FencedException.class);
                append(second, 20);
                assertThat(readAll(second, Position.START)).hasSize(60);
            }
        }
    }

    @Test
    void onOneMachineASecondWriterIsTurnedAwayInstead() {
        try (KafkaLog log = KafkaLog.open(config().in(directory))) {
            assertThatThrownBy(() -> KafkaLog.open(config().in(directory)))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining(topic);
            append(log, 1);
        }
        KafkaLog.open(config().in(directory)).close();
    }

    @Test
    void aTrimmedLogProvesItselfWhenItIsOpenedAgain() {
        Position at;
        long first;
        try (KafkaLog log = KafkaLog.open(config())) {
            at = append(log, 500);
            log.trimBefore(300);
            while (log.firstSeq() == 1) {
                Thread.onSpinWait();
            }
            first = log.firstSeq();
            assertThat(first).isGreaterThan(100).isLessThanOrEqualTo(300);
            append(log, 10);
            at = log.head();
        }
        Position archived = new Position(1, 400, 0, 0, at.chain());
        try (KafkaLog log = KafkaLog.open(topics.config(topic, archived))) {
            assertThat(log.firstSeq()).isEqualTo(first);
            assertThat(log.head()).isEqualTo(at);
            log.trimBefore(Long.MAX_VALUE);
            assertThat(append(log, 5).seq()).isEqualTo(515);
        }
    }

    @Test
    void whatIsNotToBeTrimmedStaysInTheTopic() {
        KafkaLogConfig keeping = config().with(KafkaSettings.of(Map.of("topic.trimming", "never")));
        try (KafkaLog log = KafkaLog.open(keeping)) {
            append(log, 300);
            log.trimBefore(300);
            while (log.firstSeq() == 1) {
                Thread.onSpinWait();
            }
        }
        try (KafkaLog log = KafkaLog.open(keeping)) {
            assertThat(readAll(log, Position.START)).hasSize(300);
        }
    }

    @Test
    void resetLeavesWhatIsThereAndGoesOnElsewhere() {
        Position at;
        try (KafkaLog log = KafkaLog.open(config())) {
            at = append(log, 50);
        }
        Position elsewhere = new Position(2, 20, at.epoch(), at.timeMicros(), at.chain());
        try (KafkaLog log = KafkaLog.reset(topics.config(topic, elsewhere))) {
            assertThat(log.head()).isEqualTo(elsewhere);
            assertThat(log.firstSeq()).isEqualTo(21);
            assertThat(append(log, 3).seq()).isEqualTo(23);
        }
        try (KafkaLog log = KafkaLog.open(topics.config(topic, elsewhere))) {
            assertThat(readAll(log, elsewhere)).hasSize(3);
        }
    }

    @Test
    void anotherClustersTopicIsRefused() {
        KafkaLog.open(config()).close();
        KafkaLogConfig other = KafkaLogConfig.of(config().url(), "cluster-2", Position.START, InstantSource.system());
        assertThatThrownBy(() -> KafkaLog.open(other))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.CONFLICT))
                .hasMessageContaining("cluster-1")
                .hasMessageContaining("cluster-2");
    }

    @Test
    void anUnfitTopicIsRefusedWithEveryReason() {
        topics.make(
                topic, 2, Map.of("cleanup.policy", "compact", "retention.ms", "60000", "max.message.bytes", "5000"));
        assertThatThrownBy(() -> KafkaLog.open(config()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("2 partitions, wanted 1")
                .hasMessageContaining("cleanup.policy is compact, wanted delete")
                .hasMessageContaining("retention.ms is 60000, wanted -1")
                .hasMessageContaining("max.message.bytes is 5000, wanted at least 1048576");
    }
}
