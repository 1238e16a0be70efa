package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Position;
import io.metawal.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** Topics of a test's own on a broker, and what somebody else might do to them. */
record Topics(KafkaBroker broker) {
    static final String CLUSTER = "cluster-1";
    static final KafkaLogConfig.Limits SMALL =
            new KafkaLogConfig.Limits(8 << 10, 8 << 10, Long.MAX_VALUE, 16 << 10, Duration.ofSeconds(20));

    static String fresh() {
        return "log-" + UUID.randomUUID();
    }

    KafkaLogConfig config(String topic, Position start) {
        return KafkaLogConfig.of(KafkaUrl.parse(broker.url(topic)), CLUSTER, start, InstantSource.system())
                .with(SMALL);
    }

    /** Deletes everything before an offset counted back from the end. */
    void deleteAllBut(String topic, long fromEnd) {
        TopicPartition partition = new TopicPartition(topic, 0);
        asAdmin(admin -> {
            long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end - fromEnd)))
                    .all()
                    .get();
        });
    }

    void delete(String topic) {
        asAdmin(admin -> admin.deleteTopics(List.of(topic)).all().get());
    }

    void make(String topic, int partitions, Map<String, String> settings) {
        asAdmin(admin -> admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
                .all()
                .get());
    }

    /** Something to do with an admin client. */
    interface Deed {
        void on(Admin admin) throws ExecutionException, InterruptedException;
    }

    void asAdmin(Deed deed) {
        try (Admin admin = broker.admin()) {
            deed.on(admin);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
